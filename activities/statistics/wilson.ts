import { normalQuantile } from './normal.ts';
import { StatisticsError } from './statistics-error.ts';

/** A share with its interval; all three between 0 and 1. */
export interface ShareEstimate {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Score interval of a binomial share (Wilson, "Probable inference, the law of succession, and statistical
 * inference", JASA 22, 1927). `successes` may be a fraction (a tie counts half). `level` defaults to 0.95.
 * Throws `StatisticsError`: `NO_VALUES` if `count` is not above 0, `OUT_OF_RANGE` if successes are not in 0 … count.
 */
export function wilsonInterval(successes: number, count: number, level = 0.95): ShareEstimate {
  if (!(count > 0)) throw new StatisticsError('NO_VALUES', `A share of ${count} trials is not defined.`);
  if (!(successes >= 0 && successes <= count)) {
    throw new StatisticsError('OUT_OF_RANGE', `${successes} successes are not between 0 and ${count}.`);
  }
  const z = normalQuantile((1 + level) / 2);
  const share = successes / count;
  const centre = share + (z * z) / (2 * count);
  const reach = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * count)) / count);
  const scale = 1 + (z * z) / count;
  return { share, low: Math.max(0, (centre - reach) / scale), high: Math.min(1, (centre + reach) / scale) };
}
