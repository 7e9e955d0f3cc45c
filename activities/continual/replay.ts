/** When a round trains, and on which pairs: pure. */
import { createRandom, shuffle } from '../randomness/random.ts';
import type { Round, RoundDecision } from './rounds.ts';

export interface TrainingRule {
  /** Fewest new training pairs, gathered since the last round that trained, that are worth training on. */
  readonly minimumPairs: number;
  /** After so many rejected challengers in a row, twice as many new pairs are waited for as the last one had. */
  readonly coolDownAfter: number;
}

export interface TrainingPlan {
  /** Training pairs gathered since the last round that trained, this round's included. */
  readonly freshPairs: number;
  readonly requiredPairs: number;
  /** What the round is if it does not train; null if it does. */
  readonly decision: Extract<RoundDecision, 'skipped' | 'collected'> | null;
  /** Why it does not train; empty if it does. */
  readonly reason: string;
}

/**
 * Whether there is enough new to train on. Each rejection after the first `coolDownAfter` in a row doubles what is
 * waited for, as it is measured by what the last rejected challenger had.
 *
 * @param earlier rounds of the lineage, in order.
 * @param newPairs training pairs of this round.
 */
export function planTraining(earlier: readonly Round[], newPairs: number, rule: TrainingRule): TrainingPlan {
  const lastTrained = earlier.findLastIndex(hasTrained);
  const since = earlier.slice(lastTrained + 1);
  const freshPairs = since.reduce((sum, round) => sum + round.newPairs, newPairs);
  const tested = earlier.filter(isDecided);
  const rejections = tested.length - 1 - tested.findLastIndex(({ decision }) => decision === 'promoted');
  const coolsDown = rejections >= rule.coolDownAfter;
  const twice = coolsDown ? 2 * (earlier[lastTrained]?.freshPairs ?? 0) : 0;
  const requiredPairs = Math.max(rule.minimumPairs, twice);
  const found = { freshPairs, requiredPairs };
  if (freshPairs >= requiredPairs) return { ...found, decision: null, reason: '' };
  if (freshPairs >= rule.minimumPairs) {
    const reason = `Cooling down after ${rejections} rejected challengers in a row: ${freshPairs} of ${requiredPairs} new pairs have come in.`;
    return { ...found, decision: 'collected', reason };
  }
  const reason = `Too few new pairs to train on: ${freshPairs}; at least ${requiredPairs} are needed.`;
  return { ...found, decision: 'skipped', reason };
}

function hasTrained({ pairsUsed }: Round): boolean {
  return pairsUsed > 0;
}

function isDecided({ decision }: Round): boolean {
  return decision === 'promoted' || decision === 'kept';
}

/**
 * The pairs a challenger learns from: all new ones, and the earlier ones, since replacing data round by round makes
 * models collapse and accumulating it does not (Gerstgrasser et al., "Is Model Collapse Inevitable?", 2024,
 * arXiv:2404.01413). Beyond `maxPairs` half of the room goes to the newest of the earlier pairs; the other half is an even
 * sample of the older ones, each weighing for as many as it was drawn from (inverse probability weights, Horvitz &
 * Thompson, JASA 47, 1952). New pairs all stay, also beyond `maxPairs`.
 *
 * @param earlier rows with a `weight`, newest first.
 */
export function replayPairs<Pair extends { readonly weight: number | null }>(
  fresh: readonly Pair[],
  earlier: readonly Pair[],
  maxPairs: number,
  seed: number,
): Pair[] {
  const room = Math.max(0, maxPairs - fresh.length);
  if (earlier.length <= room) return [...fresh, ...earlier];
  const newest = earlier.slice(0, Math.ceil(room / 2));
  const older = earlier.slice(newest.length);
  const drawn = shuffle(older, createRandom(seed)).slice(0, room - newest.length);
  const weighted = drawn.map((row) => ({
    ...row,
    weight: (Number(row.weight) * older.length) / drawn.length,
  }));
  return [...fresh, ...newest, ...weighted];
}
