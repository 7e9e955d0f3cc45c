import { clusterMean } from './cluster-mean.ts';
import type { ClusteredValue } from './clusters.ts';
import { wilsonInterval } from './wilson.ts';

/** How often an arm beats the baseline, all between 0 and 1; 0.5 = as good as the baseline. */
export interface WinRate {
  /** Share of prompts won, ties counted half. */
  readonly share: number;
  /** Null with fewer than two clusters. */
  readonly low: number | null;
  readonly high: number | null;
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
}

/** Differences smaller than this are rounding, not quality. */
const TIE = 1e-9;

/**
 * Share of prompts on which the arm beats the baseline, from one difference (arm − baseline) per prompt, with
 * the interval of `clusterMean`, cut at 0 and 1. Where all clusters have the same share there is no spread to learn from;
 * the interval is then Wilson's, one trial per cluster. Throws as `clusterMean` does.
 */
export function winRate(differences: readonly ClusteredValue[], level = 0.95): WinRate {
  const points = differences.map(({ cluster, value }) => ({ cluster, value: pointsOf(value) }));
  const { mean, low, high, clusterCount, degrees } = clusterMean(points, level);
  const count = (wanted: number): number => points.filter(({ value }) => value === wanted).length;
  const tally = { wins: count(1), ties: count(0.5), losses: count(0) };
  if (clusterCount > 1 && degrees === null) {
    const interval = wilsonInterval(mean * clusterCount, clusterCount, level);
    return { share: mean, low: interval.low, high: interval.high, ...tally };
  }
  if (low === null || high === null) return { share: mean, low: null, high: null, ...tally };
  return { share: mean, low: Math.max(0, low), high: Math.min(1, high), ...tally };
}

function pointsOf(difference: number): number {
  if (Math.abs(difference) < TIE) return 0.5;
  return difference > 0 ? 1 : difference < 0 ? 0 : difference;
}
