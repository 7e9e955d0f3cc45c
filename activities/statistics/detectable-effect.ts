import { clusterStandardError, totalClusters, type ClusteredValue } from './clusters.ts';
import { studentTQuantile } from './student-t.ts';

/**
 * The smallest true mean that a test of these values at two-sided level `alpha` (default 0.05) finds with
 * probability `power` (default 0.8): (t(1−α/2) + t(power)) × the cluster standard error, with k−1 degrees of
 * freedom (Bloom, "Minimum detectable effects", Evaluation Review 19(5), 1995). In the values' unit; null with
 * fewer than two clusters. Throws `StatisticsError`: `NO_VALUES`, `NOT_FINITE`.
 */
export function detectableEffect(
  values: readonly ClusteredValue[],
  { alpha = 0.05, power = 0.8 }: { readonly alpha?: number; readonly power?: number } = {},
): number | null {
  const totals = totalClusters(values);
  const standardError = clusterStandardError(totals);
  if (standardError === null) return null;
  const degrees = totals.length - 1;
  return (studentTQuantile(1 - alpha / 2, degrees) + studentTQuantile(power, degrees)) * standardError;
}
