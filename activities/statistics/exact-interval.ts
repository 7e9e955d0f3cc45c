import { incompleteBeta } from './incomplete-beta.ts';
import type { ShareEstimate } from './wilson.ts';
import { StatisticsError } from './statistics-error.ts';

/**
 * Exact interval of a binomial share (Clopper & Pearson, "The use of confidence or fiducial limits illustrated in the
 * case of the binomial", Biometrika 26, 1934): the shares under which as many successes, or as few, would still be
 * seen with probability (1 − level)/2. Never covers less than `level`, however few trials. `level` defaults to 0.95.
 * Throws `StatisticsError`: `NO_VALUES` if `count` is not above 0, `OUT_OF_RANGE` if successes are not a whole number from
 * 0 to count.
 */
export function exactInterval(successes: number, count: number, level = 0.95): ShareEstimate {
  if (!(count > 0)) throw new StatisticsError('NO_VALUES', `A share of ${count} trials is not defined.`);
  if (!Number.isInteger(successes) || successes < 0 || successes > count) {
    throw new StatisticsError(
      'OUT_OF_RANGE',
      `${successes} successes are not a whole number from 0 to ${count}.`,
    );
  }
  const tail = (1 - level) / 2;
  // P(at least s successes) rises with the share, P(at most s) falls.
  const low = successes === 0 ? 0 : solve((share) => 1 - binomialCdf(successes - 1, count, share) < tail);
  const high = successes === count ? 1 : solve((share) => binomialCdf(successes, count, share) > tail);
  return { share: successes / count, low, high };
}

/** The share up to which `isBelow` holds, by bisection. */
function solve(isBelow: (share: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X ≤ successes) of `count` trials (DLMF 8.17.5). */
function binomialCdf(successes: number, count: number, share: number): number {
  return incompleteBeta(1 - share, count - successes, successes + 1);
}
