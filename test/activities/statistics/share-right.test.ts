import assert from 'node:assert/strict';
import { shareRight } from '../../../activities/statistics/share-right.ts';

describe('shareRight', () => {
  it('counts ties half, with an interval over clusters', () => {
    const right = shareRight([
      { cluster: 'a', value: 0.2 },
      { cluster: 'a', value: 0 },
      { cluster: 'b', value: -0.1 },
      { cluster: 'c', value: 3 },
    ]);
    assert.equal(right?.value, 0.625);
    assert.ok(right.low !== null && right.high !== null && right.low < 0.625 && right.high > 0.625);
  });

  it('has no ends within one cluster, and is nothing without pairs', () => {
    const one = [
      { cluster: 'a', value: 1 },
      { cluster: 'a', value: 1 },
    ];
    assert.deepEqual(shareRight(one), { value: 1, low: null, high: null });
    assert.equal(shareRight([]), null);
  });
});
