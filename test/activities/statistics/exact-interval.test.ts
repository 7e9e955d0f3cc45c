import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exactInterval } from '../../../activities/statistics/exact-interval.ts';
import { wilsonInterval } from '../../../activities/statistics/wilson.ts';

describe('intervals of a share', () => {
  const trials = fc
    .integer({ min: 1, max: 60 })
    .chain((count) => fc.tuple(fc.integer({ min: 0, max: count }), fc.constant(count)));

  for (const [name, interval] of [
    ['exact', exactInterval],
    ['Wilson', wilsonInterval],
  ] as const) {
    it(`${name}: hold the share itself, mirror that of the failures, and widen with the level`, () => {
      fc.assert(
        fc.property(trials, ([successes, count]) => {
          const { share, low, high } = interval(successes, count);
          assert.equal(share, successes / count);
          assert.ok(0 <= low && low <= share + 1e-12 && share <= high + 1e-12 && high <= 1);
          const mirrored = interval(count - successes, count);
          assert.ok(Math.abs(mirrored.low - (1 - high)) < 1e-9);
          const wider = interval(successes, count, 0.99);
          assert.ok(wider.low <= low + 1e-12 && wider.high >= high - 1e-12);
        }),
      );
    });
  }

  it('exact: end at 0 and 1 where there are no successes, or no failures', () => {
    assert.equal(exactInterval(0, 8).low, 0);
    assert.equal(exactInterval(8, 8).high, 1);
    // (α/2)^(1/n), in closed form.
    assert.ok(Math.abs(exactInterval(8, 8).low - 0.025 ** (1 / 8)) < 1e-9);
    assert.ok(Math.abs(exactInterval(0, 8).high - (1 - 0.025 ** (1 / 8))) < 1e-9);
  });

  it('are refused for no trials, and for successes that cannot be', () => {
    assert.throws(() => exactInterval(0, 0), { code: 'NO_VALUES' });
    assert.throws(() => exactInterval(0, Number.NaN), { code: 'NO_VALUES' });
    for (const successes of [-1, 1.5, 4]) {
      assert.throws(() => exactInterval(successes, 3), { code: 'OUT_OF_RANGE' }, String(successes));
    }
  });
});
