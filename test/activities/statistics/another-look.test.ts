import assert from 'node:assert/strict';
import { isWorthAnotherLook } from '../../../activities/statistics/another-look.ts';

const values = (...means: readonly number[]) =>
  means.map((value, index) => ({ cluster: `topic ${index}`, value }));

describe('isWorthAnotherLook', () => {
  const look = { level: 0.025, taken: 1, looks: 3 };

  it('is not after the last, whatever was seen', () => {
    assert.equal(isWorthAnotherLook(values(5, 5.1, 4.9), { ...look, taken: 3 }), false);
    assert.equal(isWorthAnotherLook([], { ...look, taken: 3 }), false);
  });

  it('is where too little was seen to tell', () => {
    assert.equal(isWorthAnotherLook([], look), true);
    assert.equal(isWorthAnotherLook(values(-1), look), true);
  });

  it('is where the gain may still be proven, and not where it is clearly none', () => {
    assert.equal(isWorthAnotherLook(values(0.3, -0.1, 0.4, 0.1, -0.05, 0.2), look), true);
    assert.equal(isWorthAnotherLook(values(-0.3, -0.2, -0.4, -0.3, -0.25, -0.2), look), false);
    assert.equal(isWorthAnotherLook(values(0.1, -0.1, 0.1, -0.1, 0.1, -0.1), { ...look, looks: 2 }), false);
  });

  it('is hoped of by one standard error and by how much will have been seen', () => {
    // Six topics of mean 0: one standard error, times √growth, against the quantile of 5 · growth degrees of freedom.
    const none = values(0.1, -0.1, 0.1, -0.1, 0.1, -0.1);
    const among = [2, 3, 4, 5, 6, 7].map((looks) => isWorthAnotherLook(none, { ...look, looks }));
    assert.deepEqual(among, [false, false, false, true, true, true]);
  });
});
