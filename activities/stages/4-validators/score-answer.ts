import type { ActivityContext } from '../../activity.ts';
import type { ValidatorConfig } from '../../../configs/settings/types.ts';
import type { RowOf, TableName } from '../../store/tables.ts';
import type { ItemOutcome } from '../../inference/run-shard.ts';
import { isAnswer, type ScoredAnswer, type ScoreTable } from './scored-answer.ts';
import type { Sentinel } from './sentinels.ts';
import { askValidator, NOTHING, type ScoreSheet } from './ask-validator.ts';
import { criteriaOf } from '../../../configs/checks/rubric.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import { CRITERIA, type Criterion } from '../../../configs/settings/criteria.ts';

/** What the rows of answers and of planted ones have in common. */
type KeyAndScores = Pick<
  RowOf<'validator_scores'>,
  Criterion | 'criteria_count' | 'base_prompt_idx' | 'prompt_variation_idx' | 'sample_idx' | 'validator'
>;

/** One validator's row in `table` for one answer; what cannot be scored is null, with the reason. */
export async function scoreAnswer(
  { key, row, basePrompt }: ScoredAnswer,
  table: ScoreTable,
  config: ValidatorConfig,
  context: ActivityContext,
): Promise<ItemOutcome<ScoreTable>> {
  const seed = deriveSeed(context.run.seed, table, config.validator, key);
  const output = row['model_output'];
  const sheet: ScoreSheet = isAnswer(row)
    ? await askValidator({ basePrompt, answer: String(output), seed, key }, config, context)
    : { ...NOTHING, error: 'NO_ANSWER', calls: [] };
  const scored: RowOf<'validator_scores'> = {
    ...keyAndScores(row, config, sheet, context),
    reason: sheet.reason,
    raw_answer: sheet.rawAnswer,
    thinking: sheet.thinking,
    scored_by: sheet.scoredBy,
    error: sheet.error,
    error_message: sheet.errorMessage,
    model: config.model.name,
    seed,
  };
  return { rows: [scored], calls: sheet.calls };
}

/** One validator's row in `sentinels` for one planted answer. */
export async function scoreSentinel(
  { kind, text, criterion, from }: Sentinel,
  stage: TableName,
  config: ValidatorConfig,
  context: ActivityContext,
): Promise<ItemOutcome<'sentinels'>> {
  const key = `${stage}:${kind}:${from.key}`;
  const seed = deriveSeed(context.run.seed, 'sentinels', stage, config.validator, key);
  const request = { basePrompt: from.basePrompt, answer: text, seed, key };
  const sheet = await askValidator(criterion === null ? request : { ...request, criterion }, config, context);
  const row: RowOf<'sentinels'> = {
    ...keyAndScores(from.row, config, sheet, context),
    stage,
    kind,
    criterion,
    model_output: text,
    error: sheet.error,
    error_message: sheet.errorMessage,
    model: config.model.name,
    seed,
  };
  return { rows: [row], calls: sheet.calls };
}

function keyAndScores(
  row: ScoredAnswer['row'],
  config: ValidatorConfig,
  { scores }: ScoreSheet,
  { settings }: Pick<ActivityContext, 'settings'>,
): KeyAndScores {
  const { base_prompt_idx, prompt_variation_idx, sample_idx } = row;
  const criteria_count = criteriaOf(settings.texts.rubric).length;
  const given = Object.fromEntries(CRITERIA.map((key) => [key, scores[key] ?? null])) as Pick<
    KeyAndScores,
    Criterion
  >;
  return {
    base_prompt_idx,
    prompt_variation_idx,
    sample_idx,
    validator: config.validator,
    ...given,
    criteria_count,
  };
}
