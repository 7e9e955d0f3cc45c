import type { ActivityContext } from '../../activity.ts';
import { readPromptFields } from '../../imports/prompt-fields.ts';
import type { ShardReference, TableName } from '../../store/tables.ts';
import type { ScoredAnswer } from './scored-answer.ts';

/** The answers of a shard of `model_outputs`, `lesson_outputs` or `test_outputs` with what was asked, in its order. */
export async function readAnswers(
  shard: ShardReference,
  { store, run }: Pick<ActivityContext, 'store' | 'run'>,
): Promise<ScoredAnswer[]> {
  const { answers, sent } = sourcesOf(shard);
  const outputs = await store.readRows(answers, shard);
  const indexes = [...new Set(outputs.map((row) => row.base_prompt_idx))];
  const parameters = { run: run.runId, indexes };
  const basePrompts = await store.query(
    'select base_prompt_idx, base_prompt, fields from base_prompts where run = $run and list_contains($indexes, base_prompt_idx)',
    parameters,
  );
  const prompts = await store.query(
    `select base_prompt_idx, prompt_variation_idx, prompt_variation from ${sent}
    where run = $run and list_contains($indexes, base_prompt_idx)`,
    parameters,
  );
  const baseOf = new Map(basePrompts.map((row) => [row['base_prompt_idx'], row]));
  const sentOf = new Map(
    prompts.map((row) => [
      keyOf(row['base_prompt_idx'], row['prompt_variation_idx']),
      row['prompt_variation'],
    ]),
  );
  return outputs.map((row) => {
    const base = baseOf.get(row.base_prompt_idx);
    const basePrompt = String(base?.['base_prompt'] ?? '');
    return {
      key: keyOf(row.base_prompt_idx, row.prompt_variation_idx, row.sample_idx),
      row,
      basePrompt,
      sent: String(sentOf.get(keyOf(row.base_prompt_idx, row.prompt_variation_idx)) ?? basePrompt),
      fields: readPromptFields(base?.['fields']),
    };
  });
}

/** The tables of a shard's answers and of what was sent for them. */
function sourcesOf({ table }: ShardReference): {
  answers: 'model_outputs' | 'lesson_outputs' | 'test_outputs';
  sent: TableName;
} {
  if (table === 'test_outputs') return { answers: table, sent: 'test_prompts' };
  if (table === 'lesson_outputs') return { answers: table, sent: 'lesson_prompts' };
  return { answers: 'model_outputs', sent: 'prompt_variations' };
}

function keyOf(...parts: readonly unknown[]): string {
  return parts.map(String).join(':');
}
