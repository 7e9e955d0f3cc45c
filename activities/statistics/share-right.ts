import type { ClusteredValue } from './clusters.ts';
import { winRate } from './win-rate.ts';

/**
 * Share of pairs that are ordered rightly, 0 to 1, with its 95% interval: those whose better member has the higher score, ties
 * counted half. Pairs of one cluster are alike, so clusters are what the interval counts.
 * @param differences better − worse, of each pair.
 * @returns null without any pair; the ends are null with fewer than two clusters
 */
export function shareRight(
  differences: readonly ClusteredValue[],
): { readonly value: number; readonly low: number | null; readonly high: number | null } | null {
  if (differences.length === 0) return null;
  const { share, low, high } = winRate(differences);
  return { value: share, low, high };
}
