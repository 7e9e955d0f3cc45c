/** Which variations of one base prompt make pairs: pure, the same every time. */
import { normalCdf } from '../../statistics/normal.ts';
import { countWords } from '../../wording/words.ts';
import { wordSimilarity } from '../../wording/near-duplicates.ts';

/** A variation with its calibrated score. */
export interface ScoredVariation {
  readonly variationIdx: number;
  readonly prompt: string;
  /** Calibrated, in within-prompt standard deviations; higher is better. */
  readonly score: number;
  /** The same by validator. */
  readonly byValidator: ReadonlyMap<number, number>;
}

export interface Pair {
  readonly chosen: ScoredVariation;
  readonly rejected: ScoredVariation;
  /** Difference of scores, above 0. */
  readonly margin: number;
  /** Φ(margin ÷ standard error): how sure it is that chosen is the better one, 0.5 to 1. */
  readonly probability: number;
  /** Share of its base prompt's say: the weights of one base prompt's pairs sum to 1. */
  readonly weight: number;
}

export interface PairRules {
  /** Least margin. */
  readonly minMargin: number;
  readonly maxPerPrompt: number;
  /** Largest ratio of the longer to the shorter prompt, in words. */
  readonly maxLengthRatio: number;
  /** Standard error of a difference of two scores, from `standardErrorOfDifference`. */
  readonly standardError: number;
}

/** Word-set similarity above which two prompts are too alike to teach anything (likelihood displacement: Razin et al., arXiv 2410.08847). */
const tooAlike = 0.9;
/** How often one variation may appear in the pairs of its base prompt, so that no single outlier decides. */
const maxAppearances = 2;

/**
 * Pairs of one base prompt, widest margin first. A pair needs the margin, all validators that scored both on its
 * side or a margin half as wide again, prompts that differ, and lengths that are comparable. Ties make no pair.
 */
export function selectPairs(variations: readonly ScoredVariation[], rules: PairRules): Pair[] {
  const candidates = variations
    .flatMap((chosen) =>
      variations.map((rejected) => ({ chosen, rejected, margin: chosen.score - rejected.score })),
    )
    .filter(({ chosen, rejected, margin }) => isUsable(chosen, rejected, margin, rules))
    .toSorted(
      (a, b) =>
        b.margin - a.margin ||
        a.chosen.variationIdx - b.chosen.variationIdx ||
        a.rejected.variationIdx - b.rejected.variationIdx,
    );
  const appearances = new Map<number, number>();
  const taken: typeof candidates = [];
  for (const pair of candidates) {
    if (taken.length === rules.maxPerPrompt) break;
    const indexes = [pair.chosen.variationIdx, pair.rejected.variationIdx];
    if (indexes.some((index) => (appearances.get(index) ?? 0) >= maxAppearances)) continue;
    for (const index of indexes) appearances.set(index, (appearances.get(index) ?? 0) + 1);
    taken.push(pair);
  }
  return taken.map((pair) => ({
    ...pair,
    probability: normalCdf(pair.margin / rules.standardError),
    weight: 1 / taken.length,
  }));
}

/**
 * Standard error of the difference of two variations' scores, from how much the validators disagree about such
 * differences: sqrt(mean within-variation variance between validators × 2 ÷ validators), floored at 0.25 so that
 * three validators that happen to agree are not taken for certainty.
 */
export function standardErrorOfDifference(variations: readonly ScoredVariation[]): number {
  let variance = 0;
  let counted = 0;
  let validators = 0;
  for (const { byValidator } of variations) {
    if (byValidator.size < 2) continue;
    const scores = [...byValidator.values()];
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    variance += scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1);
    validators += scores.length;
    counted++;
  }
  return counted === 0 ? 1 : Math.max(0.25, Math.sqrt((2 * (variance / counted)) / (validators / counted)));
}

function isUsable(
  chosen: ScoredVariation,
  rejected: ScoredVariation,
  margin: number,
  rules: PairRules,
): boolean {
  if (!(margin > 0) || margin < rules.minMargin) return false;
  const agreed = [...chosen.byValidator].every(
    ([validator, score]) => score > (rejected.byValidator.get(validator) ?? -Infinity),
  );
  if (!agreed && margin < 1.5 * rules.minMargin) return false;
  const lengths = [countWords(chosen.prompt), countWords(rejected.prompt)];
  return (
    Math.max(...lengths) <= rules.maxLengthRatio * Math.max(1, Math.min(...lengths)) &&
    wordSimilarity(chosen.prompt, rejected.prompt) <= tooAlike
  );
}
