import { StatisticsError } from './statistics-error.ts';

/** Value of the polynomial whose coefficients are given from the highest power down. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((value, coefficient) => value * x + coefficient, 0);
}

const BODY_NUMERATOR = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
];
const BODY_DENOMINATOR = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
];

/**
 * Φ(x), the standard normal distribution function, to about 15 digits.
 * Hart's algorithm 5666 as given by West, "Better approximations to cumulative normal functions",
 * Wilmott Magazine, May 2005.
 */
export function normalCdf(x: number): number {
  const distance = Math.abs(x);
  const density = Math.exp((-distance * distance) / 2);
  const tail =
    distance < 7.07106781186547
      ? (density * polynomial(BODY_NUMERATOR, distance)) / polynomial(BODY_DENOMINATOR, distance)
      : density /
        (distance + 1 / (distance + 2 / (distance + 3 / (distance + 4 / (distance + 0.65))))) /
        Math.sqrt(2 * Math.PI);
  return x > 0 ? 1 - tail : tail;
}

/**
 * Φ⁻¹(p), for 0 < p < 1; −∞ at 0 and ∞ at 1. Throws `StatisticsError` `OUT_OF_RANGE` beyond.
 * Start: Abramowitz & Stegun 26.2.23 (error below 4.5e-4); then Halley steps on `normalCdf`, which triple the
 * digits of each.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1))
    throw new StatisticsError('OUT_OF_RANGE', `Probability ${p} is not between 0 and 1.`);
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  // Near 1 the distance to 1 is all that is left of p: work in the lower tail.
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * Math.log(tail));
  let x =
    polynomial([0.010328, 0.802853, 2.515517], t) / polynomial([0.001308, 0.189269, 1.432788, 1], t) - t;
  for (let step = 0; step < 2; step += 1) {
    const error = (normalCdf(x) - tail) * Math.sqrt(2 * Math.PI) * Math.exp((x * x) / 2);
    x -= error / (1 + (x * error) / 2);
  }
  return p < 0.5 ? x : -x;
}
