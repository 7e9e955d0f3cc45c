import { criteriaSum } from './criteria-sql.ts';
import type { ActivityContext } from '../activity.ts';

/** Score sheets of a run that should be there and are not, or not whole. */
export interface MissingScores {
  /** As a share of the answers that there were to score, 0 to 1; 0 if there were none. */
  readonly share: number;
  /** Whether they are more than `maxMissing` allows: what is left is no fair sample, and nothing is concluded from it. */
  readonly areTooMany: boolean;
}

/** Counts the missing scores of a run so far. An answer that is not there itself has no scores to miss. */
export async function countMissingScores({
  store,
  run,
  settings,
}: Pick<ActivityContext, 'store' | 'run' | 'settings'>): Promise<MissingScores> {
  const [row] = await store.query(
    `select coalesce(avg((${criteriaSum()} is null)::integer), 0) as share
    from (from validator_scores where run = $run union all by name from test_scores where run = $run)
    where error is distinct from 'NO_ANSWER'`,
    { run: run.runId },
  );
  const share = Number(row?.['share'] ?? 0);
  return { share, areTooMany: share > settings.validatorModel.maxMissing };
}
