import type { ActivityContext } from '../../activity.ts';
import type { ValidatorConfig } from '../../../configs/settings/types.ts';
import type { Row, TableName } from '../../store/tables.ts';
import type { ItemOutcome } from '../../inference/run-shard.ts';
import { isAnswer, type ScoredAnswer } from './scored-answer.ts';
import type { Sentinel } from './sentinels.ts';
import { askValidator, NOTHING, type ScoreSheet } from './ask-validator.ts';
import { deriveSeed } from '../../inference/seed.ts';
import { criteria } from '../../scoring/criteria.ts';

/** One validator's row in `table` for one answer; what cannot be scored is null, with the reason. */
export async function scoreAnswer(
  { key, row, basePrompt }: ScoredAnswer,
  table: TableName,
  config: ValidatorConfig,
  context: ActivityContext,
): Promise<ItemOutcome> {
  const seed = deriveSeed(context.run.seed, table, config.validator, key);
  const output = row['model_output'];
  const sheet: ScoreSheet = isAnswer(row)
    ? await askValidator({ basePrompt, answer: String(output), seed, key }, config, context)
    : { ...NOTHING, error: 'NO_ANSWER', calls: [] };
  const scored: Row = {
    ...keyAndScores(row, config, sheet),
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
): Promise<ItemOutcome> {
  const key = `${stage}:${kind}:${from.key}`;
  const seed = deriveSeed(context.run.seed, 'sentinels', stage, config.validator, key);
  const request = { basePrompt: from.basePrompt, answer: text, seed, key };
  const sheet = await askValidator(criterion === null ? request : { ...request, criterion }, config, context);
  const row: Row = {
    ...keyAndScores(from.row, config, sheet),
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

function keyAndScores(row: Row, config: ValidatorConfig, { scores }: ScoreSheet): Row {
  return {
    base_prompt_idx: row['base_prompt_idx'] ?? null,
    prompt_variation_idx: row['prompt_variation_idx'] ?? null,
    sample_idx: row['sample_idx'] ?? null,
    validator: config.validator,
    ...Object.fromEntries(criteria.map((key) => [key, scores[key] ?? null])),
  };
}
