/** One error budget for all claims that are ever tested in a lineage, one after the other without an end: pure. */

/** Chance, over all claims of a lineage together, that any of them is accepted although it is false. */
export const LINEAGE_ERROR = 0.05;

/** Of Riemann's zeta function at 1.6, so that the shares below sum to 1. */
const SUM_OF_POWERS = 2.2857656;

/** What of the budget's life matters to the next claim, in the order in which claims were opened. */
export interface SpentClaim {
  /** One-sided error level that it was given. */
  readonly level: number;
  readonly isProven: boolean;
}

/**
 * One-sided error level of the claim after these: the share k^−1.6 of the budget, k its place, and the levels of proven claims
 * that no later claim was given yet. That keeps the chance of any false claim at `LINEAGE_ERROR` however the tests depend on
 * each other: online fallback, Tian & Ramdas, "Online control of the familywise error rate", Statistical Methods in
 * Medical Research 30(4), 2021, section 3, with their shares.
 */
export function nextLevel(earlier: readonly SpentClaim[]): number {
  const share = (place: number): number => place ** -1.6 / SUM_OF_POWERS;
  const own = LINEAGE_ERROR * share(earlier.length + 1);
  // What an earlier claim was given beyond its own share came from proven ones before it, and is not given twice.
  const given = earlier.reduce((sum, { level }, index) => sum + level - LINEAGE_ERROR * share(index + 1), 0);
  const freed = earlier.reduce((sum, { level, isProven }) => sum + (isProven ? level : 0), 0);
  return own + Math.max(0, freed - given);
}

/**
 * One-sided error level of each of a claim's looks: an equal part, so that the claim's own level holds whatever is decided
 * between looks (Bonferroni).
 */
export function levelOfLook(level: number, looks: number): number {
  return level / looks;
}
