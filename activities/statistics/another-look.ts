import { clusterSpread } from './cluster-mean.ts';
import { ratioOfSums, totalClusters, type ClusteredValue } from './clusters.ts';
import { studentTQuantile } from './student-t.ts';

/**
 * Whether a gain that is not proven yet may be by the last look: were it one standard error larger than it was seen, and the
 * spread as seen, the last look would prove it. A look that is left out by this takes nothing from the error level of the others.
 *
 * @param level one-sided, of one look.
 * @param taken looks so far, of `looks`; they are taken to be of one size.
 */
export function isWorthAnotherLook(
  values: readonly ClusteredValue[],
  { level, taken, looks }: { readonly level: number; readonly taken: number; readonly looks: number },
): boolean {
  if (taken >= looks) return false;
  if (values.length === 0) return true;
  const totals = totalClusters(values);
  if (totals.length < 2) return true;
  const { standardError, degrees } = clusterSpread(totals);
  const growth = looks / taken;
  const hoped = (ratioOfSums(totals) + standardError) * Math.sqrt(growth);
  return hoped >= studentTQuantile(1 - level, degrees * growth) * standardError;
}
