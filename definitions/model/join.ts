/**
 * The decision table of join rules. Pure; runs inside the workflow sandbox.
 *
 * Invariants (its tests cite them):
 * J1. Every call with every outcome known decides: the answer is never `wait`.
 * J2. A decision never changes when more outcomes arrive.
 * J3. The order of the outcomes does not matter.
 * J4. *skip* is kept apart from *block*: a task is blocked only if something it needs failed, was blocked or cancelled.
 */
import type { JoinRule, TaskOutcome } from './types.ts';

/** `run`: start the task; `skip` and `block`: it ends skipped or blocked without starting; `wait`: not to be told yet. */
export type Decision = 'wait' | 'run' | 'skip' | 'block';

/** Failed, blocked and cancelled are one thing to a join: what was needed did not come about. */
type Kind = 'succeeded' | 'failed' | 'skipped';

function kindOf(outcome: TaskOutcome): Kind {
  return outcome === 'blocked' || outcome === 'cancelled' ? 'failed' : outcome;
}

interface Tally {
  readonly total: number;
  readonly settled: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
}

function tally(outcomes: readonly (TaskOutcome | undefined)[]): Tally {
  const counts = { succeeded: 0, failed: 0, skipped: 0 };
  for (const outcome of outcomes) if (outcome !== undefined) counts[kindOf(outcome)] += 1;
  return { total: outcomes.length, settled: counts.succeeded + counts.failed + counts.skipped, ...counts };
}

/** What a rule says once everything is settled; each line is one row of the table. */
const TABLE: { readonly [rule in JoinRule]: (outcomes: Tally) => Decision } = {
  allSucceeded: ({ failed, skipped }) => (failed > 0 ? 'block' : skipped > 0 ? 'skip' : 'run'),
  noneFailed: ({ failed }) => (failed > 0 ? 'block' : 'run'),
  noneFailedMinOneSucceeded: ({ failed, succeeded }) =>
    failed > 0 ? 'block' : succeeded > 0 ? 'run' : 'skip',
  allSettled: () => 'run',
  anySucceeded: ({ succeeded, failed }) => (succeeded > 0 ? 'run' : failed > 0 ? 'block' : 'skip'),
  anyFailed: ({ failed }) => (failed > 0 ? 'run' : 'skip'),
  anySettled: ({ settled }) => (settled > 0 ? 'run' : 'skip'),
  allFailed: ({ failed, total }) => (total > 0 && failed === total ? 'run' : 'skip'),
  allSkipped: ({ skipped, total }) => (total > 0 && skipped === total ? 'run' : 'skip'),
  always: () => 'run',
};

/** Rules that run as soon as one needed task qualifies, and what it must be. */
const EARLY: { readonly [rule in JoinRule]?: (outcomes: Tally) => boolean } = {
  anySucceeded: ({ succeeded }) => succeeded > 0,
  anyFailed: ({ failed }) => failed > 0,
  anySettled: ({ settled }) => settled > 0,
};

/** Whether a rule may let a task start before all that it needs has ended. */
export function isEarly(rule: JoinRule): boolean {
  return Object.hasOwn(EARLY, rule);
}

/**
 * Whether a task may start, given how the tasks it needs ended (undefined = not yet). Without needs every rule runs but
 * those that ask for a failure or a skip, which skip. `always` waits for its needs, like `allSettled`, and runs whatever
 * they were.
 */
export function decide(rule: JoinRule, outcomes: readonly (TaskOutcome | undefined)[]): Decision {
  const counts = tally(outcomes);
  if (counts.total === 0)
    return rule === 'anyFailed' || rule === 'allFailed' || rule === 'allSkipped' ? 'skip' : 'run';
  if (counts.settled === counts.total) return TABLE[rule](counts);
  return EARLY[rule]?.(counts) === true ? 'run' : 'wait';
}
