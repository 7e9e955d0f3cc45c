/** What rounds have of their own, so that none finds the work of another done already. */
import type { RunReference } from '../activity.ts';
import { deriveSeed } from '../randomness/seed.ts';

/**
 * The run as the activities of one round know it. From the second round of a definition on, its data lies under
 * `<runId>.round<n>` (n from 1): a partition of its own in every table, beside those of the earlier rounds. The seed is
 * another in each round, of the definition and of the tasks around: the same question is asked anew.
 *
 * @param rounds of the tasks around the activity that repeat, outermost first.
 */
export function runOfRound(run: RunReference, rounds: readonly number[] = []): RunReference {
  const { runId, seed, round = 0 } = run;
  const isFirst = [round, ...rounds].every((of) => of === 0);
  return {
    ...run,
    runId: round === 0 ? runId : `${runId}.round${round}`,
    seed: isFirst ? seed : deriveSeed(seed, 'round', round, ...rounds),
  };
}

/** The id of the run that a round belongs to: that under which it was pinned. */
export function runIdWithoutRound({ runId, round = 0 }: RunReference): string {
  return round === 0 ? runId : runId.slice(0, -`.round${round}`.length);
}
