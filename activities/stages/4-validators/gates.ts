/** Answers that did not pass a gate: nobody is asked about them, and all judges give them the least score. */
import { CRITERIA, GREATEST_SCORE, LEAST_SCORE, type Criterion } from '../../../configs/settings/criteria.ts';
import { criteriaOf } from '../../../configs/checks/rubric.ts';
import { panelOf } from '../../../configs/settings/panel.ts';
import type { Settings } from '../../../configs/settings/types.ts';
import type { ActivityContext } from '../../activity.ts';
import { ActivityError } from '../../attempts/errors.ts';
import type { RowOf } from '../../store/tables.ts';
import { isAnswer, type ScoredAnswer, type ScoreTable } from './scored-answer.ts';

type ScoreRow = RowOf<'validator_scores'>;

/**
 * By key of the answers that did not pass every gate, what the first such gate says of it; null where a gate could not say whether
 * it passes. Answers that are not there have no gates to pass.
 *
 * @throws ActivityError `CHECKS_NOT_RUN` where the definition lets nobody run the gates before the validators
 */
export async function readGates(
  answers: readonly ScoredAnswer[],
  table: ScoreTable,
  { store, run, settings }: Pick<ActivityContext, 'store' | 'run' | 'settings'>,
): Promise<ReadonlyMap<string, string | null>> {
  const { gates } = panelOf(settings.validatorModel);
  const there = answers.filter(({ row }) => isAnswer(row));
  if (gates.length === 0 || there.length === 0) return new Map();
  const rows = await store.query(
    `select concat_ws(':', base_prompt_idx, prompt_variation_idx, sample_idx) as key, count(*)::integer as gates,
      bool_or(criteria_1 is null) as is_unknown, min_by(concat(model, ': ', reason), validator) filter (criteria_1 < ${GREATEST_SCORE}) as reason
    from ${table} where run = $run and list_contains($gates, validator) and list_contains($indexes, base_prompt_idx) group by all`,
    { run: run.runId, gates, indexes: [...new Set(there.map(({ row }) => row.base_prompt_idx))] },
  );
  const byKey = new Map(rows.map((row) => [row['key'], row]));
  return new Map(
    there.flatMap(({ key }): [string, string | null][] => {
      const found = byKey.get(key);
      if (found?.['gates'] !== gates.length)
        throw new ActivityError(
          'CHECKS_NOT_RUN',
          `The config has gates, and they were not run for the answer ${key}: let a task run 'runChecks' before the validators.`,
        );
      if (typeof found['reason'] === 'string') return [[key, found['reason']]];
      return found['is_unknown'] === true ? [[key, null]] : [];
    }),
  );
}

/** Whose row it is. */
export interface Judge {
  readonly validator: number;
  readonly model: string;
  readonly settings: Settings;
}

/** A judge's row for an answer that did not pass. */
export function gatedRow(
  { row: { base_prompt_idx, prompt_variation_idx, sample_idx } }: ScoredAnswer,
  reason: string | null,
  { validator, model, settings }: Judge,
): ScoreRow {
  const isUnknown = reason === null;
  return {
    base_prompt_idx,
    prompt_variation_idx,
    sample_idx,
    validator,
    ...allCriteria(isUnknown ? null : LEAST_SCORE, settings),
    reason,
    raw_answer: null,
    thinking: null,
    scored_by: isUnknown ? null : 'gated',
    error: isUnknown ? 'GATE_UNKNOWN' : null,
    error_message: isUnknown ? 'A gate could not say whether the answer passes; its own row says why.' : null,
    model,
    seed: 0,
  };
}

/** One score in the place of every criterion. */
export function allCriteria(
  score: number | null,
  { texts }: Settings,
): Pick<ScoreRow, Criterion | 'criteria_count'> {
  const own = criteriaOf(texts.rubric);
  const scores = CRITERIA.map((name) => [name, own.includes(name) ? score : null]);
  return {
    ...(Object.fromEntries(scores) as Pick<ScoreRow, Criterion>),
    criteria_count: own.length,
  };
}

/** A check's score, 0 to 1, on the rubric's scale. */
export function onScale(score: number): number {
  return LEAST_SCORE + (GREATEST_SCORE - LEAST_SCORE) * score;
}
