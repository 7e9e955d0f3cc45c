import type { RowOf } from '../../store/tables.ts';

/** An answer to be scored. */
export interface ScoredAnswer {
  /** Unique in its shard: the values of `row`'s key. */
  readonly key: string;
  /** Of model_outputs or test_outputs. */
  readonly row: RowOf<'model_outputs'>;
  readonly basePrompt: string;
}

/** Whether there is anything to score. */
export function isAnswer(row: RowOf<'model_outputs'>): boolean {
  const output = row.model_output;
  return typeof output === 'string' && output.trim() !== '';
}
