import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChatCall } from '../../../../activities/inference/model-client.ts';
import { generateBasePrompts } from '../../../../activities/stages/1-base-prompts/base-prompts.ts';
import { generateVariations } from '../../../../activities/stages/2-variations/variations.ts';
import { runMainModel } from '../../../../activities/stages/3-main-model/main-model.ts';
import type { Settings } from '../../../../configs/settings/types.ts';
import { hasCode, withContext, type GeneralContext } from '../../general/general-context.ts';
import { noAdapters } from '../../../support/no-adapters.ts';

const approaches = [{ name: 'twice', template: '{prompt} {prompt}' }];

/** Answers all prompts of a file; what the main model was sent, and the errors of the rows. */
async function answer(
  context: GeneralContext,
  root: string,
  mainText: string,
  promptsFile: string,
): Promise<{ sent: string[]; errors: unknown[] }> {
  writeFileSync(join(root, 'own.csv'), promptsFile);
  const calls: ChatCall[] = [];
  const settings: Settings = {
    ...context.settings,
    promptVariation: { ...context.settings.promptVariation, approaches },
    texts: { ...context.settings.texts, main_model_input: mainText },
  };
  const own = {
    ...context,
    settings,
    models: {
      adapters: noAdapters,
      close: async () => {},
      chat: async (call: ChatCall) => {
        calls.push(call);
        const counts = { promptTokens: 1, completionTokens: 1, thinkingTokens: 0, seconds: 0, requests: 1 };
        const nothing = { thinking: null, logprobs: null, tokensAreEstimated: false };
        return { text: 'yes', finishReason: 'stop', model: 'm', endpoint: 'e', ...counts, ...nothing };
      },
    },
  };
  const { shards } = await generateBasePrompts.run({ count: 1, promptsFile: 'own.csv' }, own);
  for (const shard of shards)
    await runMainModel.run({ shard: await generateVariations.run({ shard, count: 1 }, own) }, own);
  const rows = await context.store.query('select error from model_outputs order by all');
  return {
    sent: calls.flatMap(({ messages }) => messages.map(({ content }) => content)),
    errors: rows.map((row) => row['error']),
  };
}

describe('columns of the prompts file', () => {
  const file = [
    'prompt,topic,expected,Context',
    ...[0, 1, 2, 3].map((k) => `Question ${k}?,t${k},secret ${k},passage ${k}`),
  ].join('\n');

  it('never reach the main model unless its text names them', () =>
    withContext(async (context, root) => {
      const { sent } = await answer(context, root, context.settings.texts.main_model_input, file);
      assert.ok(sent.length > 0);
      assert.deepEqual(
        sent.filter((text) => /secret|passage/.test(text)),
        [],
      );
      const stored = await context.store.query('select fields from base_prompts order by base_prompt_idx');
      assert.deepEqual(JSON.parse(String(stored[0]?.['fields'])), {
        expected: 'secret 0',
        Context: 'passage 0',
      });
    }));

  it('fill the placeholders that name them, of the untouched prompt and its variations alike', () =>
    withContext(async (context, root) => {
      const text = '=== system ===\nRead.\n=== user ===\n{{fields.context}}: {{prompt}}';
      const { sent } = await answer(context, root, text, file);
      const users = sent.filter((one) => one !== 'Read.').toSorted();
      assert.deepEqual(users.slice(0, 2), ['passage 0: Question 0?', 'passage 0: Question 0? Question 0?']);
      assert.deepEqual(
        sent.filter((one) => one.includes('secret')),
        [],
      );
    }));

  it('fail the rows that lack them, and the run whose file has no such column', () =>
    withContext(async (context, root) => {
      const text = '=== system ===\nRead.\n=== user ===\n{{fields.context}}: {{prompt}}';
      const { errors } = await answer(context, root, text, file.replace('passage 3', ''));
      assert.deepEqual(
        errors.filter((error) => error !== null),
        ['NO_FIELD', 'NO_FIELD'],
      );
      const typo = text.replace('context', 'contxt');
      await assert.rejects(answer(context, root, typo, file), hasCode('MISSING_COLUMN'));
    }));
});
