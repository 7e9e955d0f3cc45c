/**
 * Which hypotheses to reject so that at most a share `rate` of the rejected is expected to be false (Benjamini &
 * Hochberg, "Controlling the false discovery rate", JRSS B 57, 1995). One boolean per p-value, in their order.
 */
export function findDiscoveries(pValues: readonly number[], rate: number): boolean[] {
  const sorted = pValues.toSorted((one, other) => one - other);
  const last = sorted.findLastIndex((p, index) => p <= (rate * (index + 1)) / sorted.length);
  const threshold = sorted[last] ?? -1;
  return pValues.map((p) => p <= threshold);
}
