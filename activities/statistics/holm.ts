import { StatisticsError } from './statistics-error.ts';

/**
 * P-values adjusted for testing several hypotheses at once, in the order given (Holm, "A simple sequentially
 * rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979): rejecting those at or below α
 * makes any false rejection at most α likely, however they depend on each other.
 * A null p-value (no test was possible) stays null and is not counted.
 * Throws `StatisticsError` `OUT_OF_RANGE` for a p-value not between 0 and 1.
 */
export function holm(pValues: readonly (number | null)[]): (number | null)[] {
  const tested = pValues.flatMap((p, index) => (p === null ? [] : [{ p, index }]));
  for (const { p } of tested) {
    if (!(p >= 0 && p <= 1))
      throw new StatisticsError('OUT_OF_RANGE', `P-value ${p} is not between 0 and 1.`);
  }
  tested.sort((one, other) => one.p - other.p);
  const adjusted: (number | null)[] = pValues.map(() => null);
  let least = 0;
  tested.forEach(({ p, index }, rank) => {
    least = Math.max(least, Math.min(1, p * (tested.length - rank)));
    adjusted[index] = least;
  });
  return adjusted;
}
