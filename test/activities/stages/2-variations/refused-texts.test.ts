import assert from 'node:assert/strict';
import type { ChatCall, ModelClient } from '../../../../activities/inference/model-client.ts';
import { generateBasePrompts } from '../../../../activities/stages/1-base-prompts/base-prompts.ts';
import { generateVariations } from '../../../../activities/stages/2-variations/variations.ts';
import { runMainModel } from '../../../../activities/stages/3-main-model/main-model.ts';
import { countRefusals } from '../../../../activities/stages/8-test/metrics/count-refusals.ts';
import { withContext } from '../../general/general-context.ts';
import { noAdapters } from '../../../support/no-adapters.ts';

const topics = ['rain', 'bread', 'chess', 'taxes'];
/** Of a small model's kind: headings among the requests, and rewritings that are none. */
const write = ({ role, messages }: ChatCall): unknown => {
  const asked = messages.map(({ content }) => content).join('\n');
  if (role === 'main_model') return 'An answer.';
  if (role === 'prompt_variation')
    return {
      prompt:
        /How does (\w+) work/.exec(asked)?.[1] === 'rain'
          ? 'the rewritten request'
          : 'Sure! Here is what I know.',
    };
  if (asked.includes('topic families')) return { topics };
  const topic = topics.find((one) => asked.includes(`<topic>${one}</topic>`));
  return { prompts: ['The Basics', `How does ${topic} work?`, `Explain ${topic} to me in full`] };
};

describe('what a small model writes instead of requests', () => {
  it('is refused, counted by reason, and neither answered nor scored', async () => {
    let answered = 0;
    const models: ModelClient = {
      chat: async (call) => {
        if (call.role === 'main_model') answered += 1;
        const text = write(call);
        return {
          text: typeof text === 'string' ? text : JSON.stringify(text),
          finishReason: 'stop',
          logprobs: null,
          thinking: null,
          thinkingTokens: 0,
          tokensAreEstimated: false,
          model: 'small',
          endpoint: 'http://small/v1',
          promptTokens: 1,
          completionTokens: 1,
          seconds: 0,
          requests: 1,
          cached: false,
        };
      },
      adapters: noAdapters,
      close: async () => {},
    };
    await withContext(
      async (context) => {
        const { shards } = await generateBasePrompts.run({ count: 8 }, context);
        const refused = await context.store.query('select base_prompt, reason from refused_prompts');
        assert.ok(refused.length >= topics.length);
        assert.ok(
          refused.every((row) => row['base_prompt'] === 'The Basics' && row['reason'] === 'NOT_A_REQUEST'),
        );
        const prompts = await context.store.query('select base_prompt from base_prompts');
        assert.ok(prompts.every(({ base_prompt: prompt }) => prompt !== 'The Basics'));
        for (const shard of shards)
          await runMainModel.run(
            { shard: await generateVariations.run({ shard, count: 1 }, context) },
            context,
          );
        const errors = await context.store.query(
          'select error, count(*)::integer as n from prompt_variations where prompt_variation_idx >= 0 and prompt_variation is null group by all order by error',
        );
        assert.deepEqual(errors, [
          { error: 'ANSWERED', n: 7 },
          { error: 'COPIED_INSTRUCTION', n: 1 },
        ]);
        assert.equal(answered, 0, 'an untouched prompt alone has nothing to be compared with');
        const counted = await countRefusals(context);
        assert.deepEqual(
          counted.map(({ stage, code }) => `${stage} ${code}`),
          [
            'prompt_variations ANSWERED',
            'base_prompts NOT_A_REQUEST',
            'prompt_variations COPIED_INSTRUCTION',
          ],
        );
      },
      { models },
    );
  });
});
