/** Variance below this, in squares of the values' unit, is rounding. */
const ROUNDING = 1e-18;

/** Pearson's correlation; 0 where one side does not vary. */
export function correlate(pairs: readonly (readonly [number, number])[]): number {
  const n = pairs.length;
  if (n < 2) return 0;
  const meanX = pairs.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = pairs.reduce((sum, [, y]) => sum + y, 0) / n;
  let [xy, xx, yy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
  }
  return xx > n * ROUNDING && yy > n * ROUNDING ? xy / Math.sqrt(xx * yy) : 0;
}
