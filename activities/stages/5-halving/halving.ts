/**
 * Which variations of a base prompt are worth a second look: pure, the same every time. Successive halving (Karnin, Koren &
 * Somekh, "Almost optimal exploration in multi-armed bandits", ICML 2013; for prompts: Shi et al., arXiv 2402.09723) with two
 * rungs: a cheap look at all, a fresh one at the better ones. What is known of the rest is whole as it is.
 */
import { createRandom } from '../../randomness/random.ts';

/** A variation and what its first look gave; null = it could not be scored. */
export interface FirstLook {
  readonly variationIdx: number;
  readonly score: number | null;
}

/** Why a variation goes on; `unjudged`: nobody believed has looked at it. Durable: it stands in the table `kept_variations`. */
export type KeptAs = 'untouched' | 'better' | 'drawn' | 'unjudged';

export interface KeptVariation {
  readonly variationIdx: number;
  readonly keptAs: KeptAs;
}

/**
 * Share of the rewritings that is looked at again: with eight of them, all looks together are half of what three validators
 * would take for everything. Measured by `bench/search`.
 */
export const KEPT_SHARE = 3 / 8;
/** Share of the others that is carried through by lot, so that it can be seen what the first look throws away. */
export const DRAWN_SHARE = 0.1;

/**
 * The untouched prompt (-1), the better three eighths of the others (rounded up, of those that have a score), and each of the rest
 * with a chance of one in ten. Of equal scores the lower index goes first. In the order of the index.
 */
export function chooseBetter(looks: readonly FirstLook[], seed: number): KeptVariation[] {
  const random = createRandom(seed);
  const rewritten = looks
    .filter(({ variationIdx }) => variationIdx >= 0)
    .toSorted((one, other) => one.variationIdx - other.variationIdx);
  const ranked = rewritten
    .filter((look): look is FirstLook & { score: number } => look.score !== null)
    .toSorted((one, other) => other.score - one.score);
  const better = new Set(
    ranked.slice(0, Math.ceil(rewritten.length * KEPT_SHARE)).map(({ variationIdx }) => variationIdx),
  );
  const drawn = new Set(
    rewritten
      .filter(({ variationIdx }) => !better.has(variationIdx))
      .filter(() => random() < DRAWN_SHARE)
      .map(({ variationIdx }) => variationIdx),
  );
  const keptAs = (variationIdx: number): KeptAs | undefined => {
    if (variationIdx < 0) return 'untouched';
    if (better.has(variationIdx)) return 'better';
    return drawn.has(variationIdx) ? 'drawn' : undefined;
  };
  return looks
    .map(({ variationIdx }) => ({ variationIdx, keptAs: keptAs(variationIdx) }))
    .filter((look): look is KeptVariation => look.keptAs !== undefined)
    .toSorted((one, other) => one.variationIdx - other.variationIdx);
}
