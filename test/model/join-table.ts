/** How tasks end, and what follows from it for those that need them: a part of the model. */
import type { JoinRule, TaskOutcome, Value } from '../../definitions/model/types.ts';

/** How a task instance has ended. */
export interface Ended {
  readonly outcome: TaskOutcome;
  /** Present if expressions can refer to the task: it has succeeded, or it is a `forEach` that has run. */
  readonly value?: Value;
  /** Error type, if it has failed. */
  readonly error?: string;
  /** Error type of what its `catch` has handled, or has failed to handle. */
  readonly caught?: string;
  /** It failed, or was blocked, without failing what is around it. */
  readonly tolerated?: boolean;
}

export function isBad({ outcome }: Ended): boolean {
  return outcome === 'failed' || outcome === 'blocked' || outcome === 'cancelled';
}

/** The table of join rules, row by row. */
export function join(
  rule: JoinRule,
  needed: readonly (Ended | undefined)[],
): 'run' | 'skip' | 'block' | 'wait' {
  const known = needed.filter((end) => end !== undefined);
  const some = (test: (end: Ended) => boolean): boolean => known.some(test);
  const succeeded = ({ outcome }: Ended): boolean => outcome === 'succeeded';
  const skipped = ({ outcome }: Ended): boolean => outcome === 'skipped';
  const early = { anySucceeded: succeeded, anyFailed: isBad, anySettled: () => true };
  if (rule in early && some(early[rule as keyof typeof early])) return 'run';
  if (known.length < needed.length) return 'wait';
  const otherwise = some(isBad) ? 'block' : 'skip';
  const runsIf: { readonly [name in JoinRule]: boolean } = {
    allSucceeded: known.every(succeeded),
    noneFailed: !some(isBad),
    noneFailedMinOneSucceeded: !some(isBad) && some(succeeded),
    allSettled: true,
    anySucceeded: false,
    anyFailed: false,
    anySettled: false,
    allFailed: known.every(isBad),
    allSkipped: known.every(skipped),
    always: true,
  };
  if (runsIf[rule]) return 'run';
  return rule === 'allFailed' || rule === 'allSkipped' ? 'skip' : otherwise;
}
