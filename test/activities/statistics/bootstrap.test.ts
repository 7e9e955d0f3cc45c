/** Reference: scipy 1.17.1 `stats.bootstrap(x, np.mean, n_resamples=400000, method='BCa')` on 12 clusters of one value. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clusterBootstrap } from '../../../activities/statistics/bootstrap.ts';
import type { ClusteredValue } from '../../../activities/statistics/clusters.ts';
import { normalQuantile } from '../../../activities/statistics/normal.ts';
import { createRandom } from '../../../activities/statistics/random.ts';
import { studentTQuantile } from '../../../activities/statistics/student-t.ts';
import { assertClose } from './assert-close.ts';

const x = [0.668, 0.337, 0.146, 0.746, 0.109, 1.382, 0.806, 0.629, -0.536, -0.76, -0.493, 0.877];
const single = (values: readonly number[]): ClusteredValue[] =>
  values.map((value, index) => ({ cluster: `c${index}`, value }));

/** Mean of a uniform sum shifted to 0: near enough to normal, and quick. */
function noise(random: () => number): number {
  let sum = -6;
  for (let index = 0; index < 12; index += 1) sum += random();
  return sum;
}

describe('clusterBootstrap', () => {
  it("gives scipy's BCa limits, widened by √(k/(k−1)) · t/z about the mean", () => {
    const estimate = clusterBootstrap(single(x), { seed: 3, resamples: 100_000 });
    const widening = Math.sqrt(12 / 11) * (studentTQuantile(0.975, 11) / normalQuantile(0.975));
    assertClose(estimate.mean, 0.3259166666666668, 1e-12);
    assertClose(estimate.low, estimate.mean - widening * (estimate.mean + 0.0515), 0.01);
    assertClose(estimate.high, estimate.mean + widening * (0.6590833 - estimate.mean), 0.01);
    assert.equal(estimate.clusterCount, 12);
  });

  it('takes the mean of values, not of cluster means', () => {
    const values = [
      { cluster: 'a', value: 1 },
      { cluster: 'a', value: 1 },
      { cluster: 'a', value: 1 },
      { cluster: 'b', value: 5 },
    ];
    assert.equal(clusterBootstrap(values, { seed: 1 }).mean, 2);
  });

  it('gives no interval and no p-value for one cluster', () => {
    const estimate = clusterBootstrap(
      [
        { cluster: 'a', value: 1 },
        { cluster: 'a', value: 2 },
      ],
      { seed: 1 },
    );
    assert.deepEqual([estimate.mean, estimate.low, estimate.high, estimate.p], [1.5, null, null, null]);
  });

  it('refuses no values, values that are no numbers, and levels beyond 0 to 1', () => {
    assert.throws(() => clusterBootstrap([], { seed: 1 }), { code: 'NO_VALUES' });
    assert.throws(() => clusterBootstrap([{ cluster: 'a', value: Number.NaN }], { seed: 1 }), {
      code: 'NOT_FINITE',
    });
    assert.throws(() => clusterBootstrap(single(x), { seed: 1, level: 1 }), { code: 'OUT_OF_RANGE' });
    assert.throws(() => clusterBootstrap(single(x), { seed: 1, resamples: 10 }), { code: 'OUT_OF_RANGE' });
  });

  it('is a point when nothing varies', () => {
    const estimate = clusterBootstrap(single([2, 2, 2]), { seed: 1, resamples: 500 });
    assert.deepEqual([estimate.low, estimate.high, estimate.p], [2, 2, 1 / 501]);
    assert.equal(clusterBootstrap(single([0, 0, 0]), { seed: 1, resamples: 500 }).p, 1);
  });

  const samples = fc.array(
    fc.record({
      cluster: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      value: fc.integer({ min: -400, max: 400 }).map((value) => value / 100),
    }),
    { minLength: 4, maxLength: 40 },
  );

  it('repeats itself by seed', () => {
    fc.assert(
      fc.property(samples, fc.integer(), (values, seed) => {
        const options = { seed, resamples: 200 };
        assert.deepEqual(clusterBootstrap(values, options), clusterBootstrap(values, options));
      }),
      { numRuns: 30 },
    );
  });

  it('holds its mean, and its p-value says whether the interval holds 0', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const { mean, low, high, p } = clusterBootstrap(values, { seed: 5, resamples: 400 });
        if (low === null || high === null || p === null) return;
        assert.ok(low <= mean + 1e-9 && mean <= high + 1e-9, `${low} ${mean} ${high}`);
        if (Math.abs(p - 0.05) > 1e-6) assert.equal(p < 0.05, low > 0 || high < 0);
      }),
      { numRuns: 200 },
    );
  });

  it('shifts and scales with its values', () => {
    const base = clusterBootstrap(single(x), { seed: 9, resamples: 1000 });
    const moved = clusterBootstrap(single(x.map((value) => 3 * value + 10)), { seed: 9, resamples: 1000 });
    assertClose(moved.low, 3 * base.low! + 10, 1e-9);
    assertClose(moved.high, 3 * base.high! + 10, 1e-9);
  });

  it('holds the truth in 93 to 97% of null worlds with 10 topics of 2 prompts', () => {
    const random = createRandom(2024);
    const worlds = 3000;
    let held = 0;
    for (let world = 0; world < worlds; world += 1) {
      const values: ClusteredValue[] = [];
      for (let topic = 0; topic < 10; topic += 1) {
        const effect = noise(random) * 0.6;
        for (let prompt = 0; prompt < 2; prompt += 1)
          values.push({ cluster: `t${topic}`, value: effect + noise(random) });
      }
      const { low, high } = clusterBootstrap(values, { seed: world, resamples: 600 });
      if (low! <= 0 && high! >= 0) held += 1;
    }
    // 93 to 97% less and plus two standard errors of 3,000 worlds; the seed is fixed.
    assert.ok(held / worlds > 0.922 && held / worlds < 0.978, `held in ${held / worlds}`);
  });
});
