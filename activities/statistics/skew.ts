/** How far the clusters' effects lean to one side, and what that does to the mean's test. */
import { clusterSpread } from './cluster-mean.ts';
import { ratioOfSums, totalClusters, type ClusteredValue, type ClusterTotal } from './clusters.ts';
import { studentTCdf } from './student-t.ts';

/** What of the clusters a mean hangs on. */
export interface ClusterShape {
  /** Share of the values that the largest cluster has, 0 to 1. */
  readonly largestShare: number;
  /** Of the clusters' departures from the mean: below 0, few clusters lose much. Null without spread. */
  readonly skew: number | null;
  /** Lowest and highest mean that is left without one of the clusters; null with fewer than two. */
  readonly withoutOne: { readonly low: number; readonly high: number } | null;
  /** One-sided p-value of a mean of 0 or less, corrected for the skew; null without spread. */
  readonly pSkewed: number | null;
}

/** Spread below this, in the values' unit, is rounding. */
const ROUNDING = 1e-9;

/**
 * Throws `StatisticsError`: `NO_VALUES`, `NOT_FINITE`.
 *
 * The correction adds to t what the third moment of the clusters does to it: Hall, "On the removal of skewness by transformation",
 * Journal of the Royal Statistical Society B 54(1), 1992. Its cubic term keeps it increasing: without it, as in Johnson's modified
 * t, a large gain that a few clusters do not share (18 of 20 answers right that were wrong) would be taken for chance.
 */
export function shapeOfClusters(values: readonly ClusteredValue[]): ClusterShape {
  const totals = totalClusters(values);
  const largestShare = Math.max(...totals.map(({ count }) => count)) / values.length;
  if (totals.length < 2) return { largestShare, skew: null, withoutOne: null, pSkewed: null };
  const means = totals.map((_, place) => ratioOfSums(totals.filter((__, other) => other !== place)));
  const withoutOne = { low: Math.min(...means), high: Math.max(...means) };
  const { standardError, degrees } = clusterSpread(totals);
  if (standardError < ROUNDING) return { largestShare, skew: null, withoutOne, pSkewed: null };
  const skew = skewOf(totals);
  const t = ratioOfSums(totals) / standardError;
  const lean = skew / Math.sqrt(totals.length);
  const corrected = t + (lean / 3) * t ** 2 + (lean ** 2 / 27) * t ** 3 + lean / 6;
  return { largestShare, skew, withoutOne, pSkewed: studentTCdf(-corrected, degrees) };
}

function skewOf(totals: readonly ClusterTotal[]): number {
  const mean = ratioOfSums(totals);
  const moment = (power: number): number =>
    totals.reduce((sum, total) => sum + (total.sum - mean * total.count) ** power, 0) / totals.length;
  return moment(3) / moment(2) ** 1.5;
}
