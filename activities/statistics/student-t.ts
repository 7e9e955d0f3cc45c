import { incompleteBeta } from './incomplete-beta.ts';
import { StatisticsError } from './statistics-error.ts';

/**
 * P(T ≤ t) of Student's t with `degrees` of freedom, any number above 0 (DLMF 8.17.21: the tail is half the regularized
 * incomplete beta function). Throws `StatisticsError` `OUT_OF_RANGE` for other degrees.
 */
export function studentTCdf(t: number, degrees: number): number {
  if (!(degrees > 0)) {
    throw new StatisticsError('OUT_OF_RANGE', `Degrees of freedom ${degrees} are not above 0.`);
  }
  if (!Number.isFinite(t)) return t > 0 ? 1 : 0;
  const square = t * t;
  // Of the two complements the smaller one is computed, so that no digits are lost.
  const tail =
    square < degrees
      ? (1 - incompleteBeta(square / (degrees + square), 0.5, degrees / 2)) / 2
      : incompleteBeta(degrees / (degrees + square), degrees / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The t with P(T ≤ t) = p, for 0 < p < 1, by bisection of `studentTCdf`. Throws as that does. */
export function studentTQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1))
    throw new StatisticsError('OUT_OF_RANGE', `Probability ${p} is not between 0 and 1.`);
  if (p < 0.5) return -studentTQuantile(1 - p, degrees);
  let [low, high] = [0, 1];
  while (studentTCdf(high, degrees) < p && high < 1e12) high *= 2;
  for (let step = 0; step < 100 && high - low > 1e-14 * high; step += 1) {
    const middle = (low + high) / 2;
    if (studentTCdf(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
