/** Which ways of wording are worth a trial: pure. */
import type { Approach } from '../../../configs/settings/types.ts';
import type { LessonCandidate } from '../../trainers/lessons.ts';

/** A pair of the training split, by what its prompts were made by. */
export interface ApproachPair {
  readonly chosenApproach: string | null;
  readonly rejectedApproach: string | null;
  /** Of chosen really being better, 0.5 to 1. */
  readonly probability: number;
  readonly weight: number;
}

/** Most lessons that one run tries out. */
export const MOST_LESSONS = 10;
/** How often each untouched prompt is answered: every lesson is compared with those answers, so that their chance counts most. */
export const UNTOUCHED_TIMES = 2;

/**
 * The approaches whose rewritings win or lose most surely, and what the trained version has found itself, by turns, at most ten.
 * Being tried is no claim, so that nothing hangs on how sure that is.
 */
export function chooseCandidates(
  pairs: readonly ApproachPair[],
  approaches: readonly Approach[],
  found: readonly LessonCandidate[],
): LessonCandidate[] {
  const evidence = evidenceOf(pairs);
  const own = approaches
    .filter(({ name }) => evidence.has(name))
    .toSorted((one, other) => Math.abs(evidence.get(other.name)!) - Math.abs(evidence.get(one.name)!))
    .map((approach): LessonCandidate =>
      'template' in approach
        ? { sentence: `Putting it so: ${approach.template}`, change: { template: approach.template } }
        : {
            sentence: approach.instruction.trim().replace(/[.。।]$/u, ''),
            change: { instruction: approach.instruction },
          },
    );
  const turns = Array.from({ length: Math.max(own.length, found.length) }, (_, index) =>
    [own[index], found[index]].filter((one) => one !== undefined),
  ).flat();
  const seen = new Set<string>();
  return turns.filter(({ sentence }) => !seen.has(sentence) && seen.add(sentence)).slice(0, MOST_LESSONS);
}

/** By approach: the sum of its wins less that of its losses, in standard deviations of as many coin flips. */
function evidenceOf(pairs: readonly ApproachPair[]): Map<string, number> {
  const sums = new Map<string, { balance: number; squares: number }>();
  const add = (approach: string | null, value: number): void => {
    if (approach === null) return;
    const { balance, squares } = sums.get(approach) ?? { balance: 0, squares: 0 };
    sums.set(approach, { balance: balance + value, squares: squares + value ** 2 });
  };
  for (const { chosenApproach, rejectedApproach, probability, weight } of pairs) {
    const sure = (2 * probability - 1) * weight;
    add(chosenApproach, sure);
    add(rejectedApproach, -sure);
  }
  return new Map(
    [...sums].map(([approach, { balance, squares }]) => [
      approach,
      squares === 0 ? 0 : balance / Math.sqrt(squares),
    ]),
  );
}
