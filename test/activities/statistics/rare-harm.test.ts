import assert from 'node:assert/strict';
import fc from 'fast-check';
import { leastTellableGain, shareSeenOnce } from '../../../activities/statistics/rare-harm.ts';

describe('leastTellableGain', () => {
  it('asks for less the more topics there are, and for no more than a clear gain', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (topics, once) => {
          const least = leastTellableGain(topics, once);
          assert.ok(least >= 0 && least <= 0.35);
          assert.ok(leastTellableGain(topics + 1, once) <= least);
          assert.ok(leastTellableGain(topics, once / 2) <= least);
        },
      ),
    );
  });

  it('rules a harm out that a tenth of the samples would not show', () => {
    // 30 topics: a share q of harmed ones goes unseen with 10% where (1 - q)^30 = 0.1.
    const q = 1 - 0.1 ** (1 / 30);
    assert.ok(Math.abs(leastTellableGain(30) - (3 * q) / (1 - q)) < 1e-12);
  });

  it('asks for nothing where every topic has come again', () => {
    assert.equal(leastTellableGain(13, 0), 0);
  });
});

describe('shareSeenOnce', () => {
  it('is 1 for one sample, and counts sightings', () => {
    assert.equal(shareSeenOnce([new Set(['a', 'b'])]), 1);
    assert.equal(shareSeenOnce([new Set(['a', 'b']), new Set(['a', 'c'])]), 0.5);
    assert.equal(shareSeenOnce([new Set(['a']), new Set(['a'])]), 0);
    assert.equal(shareSeenOnce([]), 1);
  });
});
