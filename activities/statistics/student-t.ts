import { StatisticsError } from './statistics-error.ts';

/**
 * P(T ≤ t) of Student's t with a whole number of degrees of freedom, at least 1: the exact finite sums of
 * Abramowitz & Stegun 26.7.3 and 26.7.4. Throws `StatisticsError` `OUT_OF_RANGE` for other degrees.
 */
export function studentTCdf(t: number, degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 1) {
    throw new StatisticsError(
      'OUT_OF_RANGE',
      `Degrees of freedom ${degrees} are not a whole number above 0.`,
    );
  }
  if (!Number.isFinite(t)) return t > 0 ? 1 : 0;
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cosineSquared = Math.cos(angle) ** 2;
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosineSquared;
    sum += term;
  }
  const central = odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return (1 + central) / 2;
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
