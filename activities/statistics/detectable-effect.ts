import { clusterSpread } from './cluster-mean.ts';
import { totalClusters, type ClusteredValue } from './clusters.ts';
import { studentTQuantile } from './student-t.ts';

/**
 * The smallest true mean that a test of these values at two-sided level `alpha` (default 0.05) finds with
 * probability `power` (default 0.8): (t(1−α/2) + t(power)) × the standard error and degrees of freedom of `clusterMean`
 * (Bloom, "Minimum detectable effects", Evaluation Review 19(5), 1995). In the values' unit; null with
 * fewer than two clusters. Throws `StatisticsError`: `NO_VALUES`, `NOT_FINITE`.
 */
export function detectableEffect(
  values: readonly ClusteredValue[],
  { alpha = 0.05, power = 0.8 }: { readonly alpha?: number; readonly power?: number } = {},
): number | null {
  const totals = totalClusters(values);
  if (totals.length < 2) return null;
  const { standardError, degrees } = clusterSpread(totals);
  return (studentTQuantile(1 - alpha / 2, degrees) + studentTQuantile(power, degrees)) * standardError;
}
