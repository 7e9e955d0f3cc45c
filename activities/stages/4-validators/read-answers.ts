import type { ActivityContext } from '../../activity.ts';
import { readPromptFields } from '../../imports/prompt-fields.ts';
import type { ShardReference } from '../../store/tables.ts';
import type { ScoredAnswer } from './scored-answer.ts';

/** The answers of a shard of `model_outputs` or `test_outputs` with what was asked, in its order. */
export async function readAnswers(
  shard: ShardReference,
  { store, run }: Pick<ActivityContext, 'store' | 'run'>,
): Promise<ScoredAnswer[]> {
  const isTest = shard.table === 'test_outputs';
  const outputs = await store.readRows(isTest ? 'test_outputs' : 'model_outputs', shard);
  const indexes = [...new Set(outputs.map((row) => row.base_prompt_idx))];
  const parameters = { run: run.runId, indexes };
  const basePrompts = await store.query(
    'select base_prompt_idx, base_prompt, fields from base_prompts where run = $run and list_contains($indexes, base_prompt_idx)',
    parameters,
  );
  const prompts = await store.query(
    `select base_prompt_idx, prompt_variation_idx, prompt_variation from ${isTest ? 'test_prompts' : 'prompt_variations'}
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

function keyOf(...parts: readonly unknown[]): string {
  return parts.map(String).join(':');
}
