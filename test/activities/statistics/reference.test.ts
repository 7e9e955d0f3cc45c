/** Against SciPy and statsmodels: `test/reference/make-values.py` made the values. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { clusterMean } from '../../../activities/statistics/cluster-mean.ts';
import { correlate } from '../../../activities/statistics/correlation.ts';
import { detectableEffect } from '../../../activities/statistics/detectable-effect.ts';
import { exactInterval } from '../../../activities/statistics/exact-interval.ts';
import { findDiscoveries } from '../../../activities/statistics/false-discovery.ts';
import { holm } from '../../../activities/statistics/holm.ts';
import { studentTQuantile } from '../../../activities/statistics/student-t.ts';
import { wilsonInterval } from '../../../activities/statistics/wilson.ts';
import { assertClose } from './assert-close.ts';

type Interval = { readonly low: number; readonly high: number };
interface Reference {
  readonly exact: readonly [number, number, number, number][];
  readonly wilson: readonly [number, number, number, number][];
  readonly studentT: readonly [number, number, number][];
  readonly pValues: readonly number[];
  readonly holm: readonly number[];
  readonly benjaminiHochberg: readonly boolean[];
  readonly clusters: readonly [number, number][];
  readonly tTest: Interval & { readonly p: number };
  readonly detectableEffect: number;
  readonly pearson: number;
}

const reference = JSON.parse(
  readFileSync(new URL('../../reference/values.json', import.meta.url), 'utf8'),
) as Reference;
const values = reference.clusters.flatMap((cluster, index) =>
  cluster.map((value) => ({ cluster: String(index), value })),
);

describe('statistics, against SciPy and statsmodels', () => {
  for (const [name, interval] of [
    ['exact', exactInterval],
    ['wilson', wilsonInterval],
  ] as const) {
    it(`${name} interval to 9 digits`, () => {
      for (const [successes, count, low, high] of reference[name]) {
        assertClose(interval(successes, count).low, low, 1e-9);
        assertClose(interval(successes, count).high, high, 1e-9);
      }
    });
  }

  it('quantiles of Student’s t to 9 digits', () => {
    for (const [p, degrees, quantile] of reference.studentT)
      assertClose(studentTQuantile(p, degrees), quantile, 1e-9);
  });

  it('Holm’s adjustment to 12 digits, and the discoveries of Benjamini and Hochberg', () => {
    for (const [index, adjusted] of holm(reference.pValues).entries())
      assertClose(adjusted ?? NaN, reference.holm[index]!, 1e-12);
    assert.deepEqual(findDiscoveries(reference.pValues, 0.1), reference.benjaminiHochberg);
  });

  it('the interval and p of a t test of cluster means where clusters are of one size, to 9 digits', () => {
    const { low, high, p } = clusterMean(values);
    assertClose(low ?? NaN, reference.tTest.low, 1e-9);
    assertClose(high ?? NaN, reference.tTest.high, 1e-9);
    assertClose(p ?? NaN, reference.tTest.p, 1e-9);
  });

  it('the smallest detectable effect to 9 digits', () => {
    assertClose(detectableEffect(values) ?? NaN, reference.detectableEffect, 1e-9);
  });

  it('the correlation to 12 digits', () => {
    assertClose(correlate(reference.clusters), reference.pearson, 1e-12);
  });
});
