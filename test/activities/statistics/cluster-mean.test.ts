/** Against an implementation by whole matrices: `reference.test.ts` and `score-reference.test.ts`. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clusterMean } from '../../../activities/statistics/cluster-mean.ts';
import type { ClusteredValue } from '../../../activities/statistics/clusters.ts';
import { assertClose } from './assert-close.ts';

const single = (values: readonly number[]): ClusteredValue[] =>
  values.map((value, index) => ({ cluster: `c${index}`, value }));

const clustered = fc.array(
  fc.record({
    cluster: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    value: fc.double({ min: -4, max: 4, noNaN: true }),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('clusterMean', () => {
  it('takes the mean of values, not of cluster means', () => {
    const values = [
      { cluster: 'a', value: 1 },
      { cluster: 'a', value: 1 },
      { cluster: 'a', value: 1 },
      { cluster: 'b', value: 5 },
    ];
    assert.equal(clusterMean(values).mean, 2);
  });

  it('gives no interval and no p-value for one cluster', () => {
    const estimate = clusterMean([
      { cluster: 'a', value: 1 },
      { cluster: 'a', value: 2 },
    ]);
    assert.deepEqual([estimate.mean, estimate.low, estimate.high, estimate.p], [1.5, null, null, null]);
  });

  it('refuses no values, values that are no numbers, and levels beyond 0 to 1', () => {
    assert.throws(() => clusterMean([]), { code: 'NO_VALUES' });
    assert.throws(() => clusterMean([{ cluster: 'a', value: Number.NaN }]), { code: 'NOT_FINITE' });
    assert.throws(() => clusterMean(single([1, 2]), 1), { code: 'OUT_OF_RANGE' });
  });

  it('takes differences that are rounding for none', () => {
    const { mean, low, high, p } = clusterMean(single(Array.from({ length: 6 }, () => 4.44e-16)));
    assert.deepEqual([mean, low, high, p], [0, 0, 0, 1]);
  });

  it('claims of clusters that all differ alike what as many equal throws of a coin show, and an interval of some width', () => {
    const every = (count: number): ReturnType<typeof clusterMean> =>
      clusterMean(single(Array.from({ length: count }, () => 1)));
    assert.deepEqual([every(5).low, every(5).p], [null, 1 / 16]);
    const { low, high, p } = every(10);
    assert.equal(p, 2 ** -9);
    // Clopper & Pearson of 10 out of 10: 0.025^(1/10).
    assertClose(low ?? NaN, 0.025 ** 0.1, 1e-9);
    assert.equal(high, 1);
    const opposite = clusterMean(single(Array.from({ length: 10 }, () => -1)));
    assert.deepEqual([opposite.low, opposite.high], [-1, -(low ?? NaN)]);
  });

  it('leaves 0 out of its interval exactly where p is at most 1 − the level', () => {
    fc.assert(
      fc.property(clustered, fc.constantFrom(0.9, 0.95, 0.975), (values, level) => {
        const { low, high, p } = clusterMean(values, level);
        if (low === null || high === null || p === null || Math.abs(p - (1 - level)) < 1e-9) return;
        assert.equal(low > 0 || high < 0, p < 1 - level);
      }),
    );
  });

  it('moves and stretches with the values, turns with their sign, and does not hang on their order', () => {
    fc.assert(
      fc.property(clustered, fc.constantFrom(-3, -1, 2), fc.constantFrom(0, 10), (values, factor, shift) => {
        const own = clusterMean(values);
        if (own.degrees === null) return;
        const moved = clusterMean(
          values.map(({ cluster, value }) => ({ cluster, value: factor * value + shift })).toReversed(),
        );
        assertClose(moved.mean, factor * own.mean + shift, 1e-9);
        const ends = [own.low!, own.high!].map((end) => factor * end + shift).toSorted((a, b) => a - b);
        assertClose(moved.low, ends[0]!, 1e-6);
        assertClose(moved.high, ends[1]!, 1e-6);
        assertClose(moved.degrees, own.degrees, 1e-6);
      }),
    );
  });

  it('has fewer degrees of freedom where one cluster has most of the values', () => {
    const sizes = [20, 1, 1, 1, 1, 1, 1, 1];
    const values = sizes.flatMap((size, index) =>
      Array.from({ length: size }, (_, place) => ({
        cluster: String(index),
        value: Math.sin(7 * index + place),
      })),
    );
    const { degrees } = clusterMean(values);
    assert.ok(degrees !== null && degrees < 3, String(degrees));
    assertClose(clusterMean(single([1, 2, 4, 3])).degrees ?? NaN, 3, 1e-9);
  });
});
