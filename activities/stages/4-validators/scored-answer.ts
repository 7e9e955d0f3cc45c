import type { PromptFields } from '../../imports/prompt-fields.ts';
import { ActivityError } from '../../attempts/errors.ts';
import type { RowOf, ShardReference } from '../../store/tables.ts';

/** An answer to be scored. */
export interface ScoredAnswer {
  /** Unique in its shard: the values of `row`'s key. */
  readonly key: string;
  /** Of model_outputs, lesson_outputs or test_outputs. */
  readonly row: RowOf<'model_outputs'>;
  readonly basePrompt: string;
  /** What the model was sent: the base prompt, or another wording of it. */
  readonly sent: string;
  /** The other columns of the prompts file. */
  readonly fields: PromptFields;
}

/** The tables of scores. */
export type ScoreTable = 'validator_scores' | 'lesson_scores' | 'test_scores';

/** The table that the scores of a shard's answers go into. Throws `ActivityError` `WRONG_TABLE`. */
export function scoreTableOf({ table }: ShardReference, activity: string): ScoreTable {
  if (table === 'model_outputs') return 'validator_scores';
  if (table === 'lesson_outputs') return 'lesson_scores';
  if (table === 'test_outputs') return 'test_scores';
  throw new ActivityError(
    'WRONG_TABLE',
    `${activity} scores shards of model_outputs, lesson_outputs or test_outputs, not of '${table}'.`,
  );
}

/** Whether there is anything to score. */
export function isAnswer(row: RowOf<'model_outputs'>): boolean {
  const output = row.model_output;
  return typeof output === 'string' && output.trim() !== '';
}
