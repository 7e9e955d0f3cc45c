import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActivityContext } from '../../../../activities/activity.ts';
import { ActivityError } from '../../../../activities/attempts/errors.ts';
import type { ChatCall, ModelClient } from '../../../../activities/inference/model-client.ts';
import { ModelError } from '../../../../activities/inference/model-error.ts';
import type { Metrics } from '../../../../activities/report/metrics.ts';
import { generateBasePrompts } from '../../../../activities/stages/1-base-prompts/base-prompts.ts';
import { generateVariations } from '../../../../activities/stages/2-variations/variations.ts';
import { runMainModel } from '../../../../activities/stages/3-main-model/main-model.ts';
import { reportFailure } from '../../../../activities/stages/8-test/report-failure.ts';
import { packageRoot } from '../../../../workers/workflow-bundle.ts';
import { withContext } from '../../general/general-context.ts';
import { noAdapters } from '../../../support/no-adapters.ts';

const paid = { promptTokens: 10, completionTokens: 5, thinkingTokens: 0, tokensAreEstimated: false };
const topics = ['rain', 'bread', 'chess', 'taxes'];

const cutOff = (text: string): ModelError =>
  new ModelError('CUT_OFF', 'http://small/v1', 'the answer was cut off', {
    answer: { ...paid, finishReason: 'length', thinking: null, text, seconds: 0, model: 'small' },
  });

/** A client whose model writes what `write` says; an error is thrown. */
function modelThat(write: (call: ChatCall) => unknown): ModelClient {
  return {
    chat: async (call) => {
      const text = write(call);
      if (text instanceof Error) throw text;
      return {
        ...paid,
        text: typeof text === 'string' ? text : JSON.stringify(text),
        finishReason: 'stop',
        logprobs: null,
        thinking: null,
        model: 'small',
        endpoint: 'http://small/v1',
        seconds: 0,
        requests: 1,
      };
    },
    adapters: noAdapters,
    close: async () => {},
  };
}

/** What a failing activity says, as `run.failures` would, and the metrics of the report about it. */
async function reportOf(
  failing: Promise<unknown>,
  context: ActivityContext,
): Promise<{ readonly code: string; readonly metrics: Metrics; readonly page: string }> {
  const error = await failing.then(
    () => assert.fail('the stage should have failed'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ActivityError, String(error));
  const failures = [
    { task: 'explore[0].vary', state: 'failed', type: error.code, message: error.message },
    { task: 'pairs', state: 'blocked', type: 'BLOCKED', message: 'explore has failed' },
  ];
  const { report } = await reportFailure.run({ failures }, context);
  const page = await context.store.readFile(report);
  const metrics = JSON.parse(
    (await context.store.readFile(report.replace('report.html', 'metrics.json'))) ?? '',
  ) as Metrics;
  const schema = JSON.parse(
    readFileSync(join(packageRoot, 'activities/report/metrics.schema.json'), 'utf8'),
  ) as object;
  const ajv = new Ajv2020({ strict: false });
  assert.ok(ajv.validate(schema, metrics), JSON.stringify(ajv.errors));
  return { code: error.code, metrics, page: page ?? '' };
}

describe('the report of a run that failed', () => {
  it('in its first stage names it, its reason, what was refused and what was paid, and has no verdict', async () => {
    const models = modelThat(({ messages }) => {
      const asked = messages.map(({ content }) => content).join('\n');
      if (asked.includes('topic families')) return { topics };
      return asked.includes('<topic>rain</topic>')
        ? cutOff('{"prompts": ["How does ra')
        : { prompts: ['The Basics', 'The world of science is full of mysteries'] };
    });
    await withContext(
      async (context) => {
        const { code, metrics, page } = await reportOf(
          generateBasePrompts.run({ count: 8 }, context),
          context,
        );
        assert.equal(code, 'TOO_FEW_PROMPTS');
        assert.deepEqual([metrics.verdict.kind, metrics.arms.length], ['none', 0]);
        assert.match(metrics.verdict.sentence, /explore\[0\]\.vary \(TOO_FEW_PROMPTS\)/);
        assert.deepEqual(metrics.failure?.blocked, ['pairs']);
        const [asked] = metrics.spend;
        assert.equal(asked?.stage, 'base_prompts');
        assert.ok(asked.calls > topics.length);
        const refused = Object.fromEntries(metrics.refusals.map((one) => [one.code, one.examples]));
        assert.deepEqual(refused['CUT_OFF'], ['{"prompts": ["How does ra']);
        assert.deepEqual(refused['NOT_A_REQUEST'], [
          'The Basics',
          'The world of science is full of mysteries',
        ]);
        assert.match(page, /TOO_FEW_PROMPTS/);
        assert.match(page, /How does ra/);
      },
      { models },
    );
  });

  it('where no variation can be used has what was written, and nobody was asked to answer', async () => {
    let answered = 0;
    const models = modelThat(({ role, messages }) => {
      if (role === 'main_model') answered += 1;
      if (role === 'prompt_variation') return { prompt: 'the rewritten request' };
      const asked = messages.map(({ content }) => content).join('\n');
      if (asked.includes('topic families')) return { topics };
      const topic = topics.find((one) => asked.includes(`<topic>${one}</topic>`));
      return {
        prompts: [`How does ${topic} work?`, `Explain ${topic} to me in full`, `Who invented ${topic}?`],
      };
    });
    await withContext(
      async (context) => {
        const { shards } = await generateBasePrompts.run({ count: 12 }, context);
        const vary = generateVariations.run({ shard: shards[0]!, count: 8 }, context);
        const { code, metrics } = await reportOf(vary, context);
        assert.equal(code, 'NO_VARIATIONS');
        const [refused] = metrics.refusals;
        assert.equal(refused?.code, 'COPIED_INSTRUCTION');
        assert.deepEqual(refused.examples, ['{"prompt":"the rewritten request"}']);
        assert.equal(answered, 0);
      },
      { models },
    );
  });

  it('has the calls of a shard that was refused as a whole', async () => {
    const refusal = new ModelError('BAD_REQUEST', 'http://small/v1', 'this server answers no chats');
    await withContext(
      async (context) => {
        const shard = await context.store.writeShard(
          { table: 'prompt_variations', run: context.run.runId, shard: 'all' },
          'train',
          [-1, 0].map((index) => ({
            base_prompt_idx: 0,
            prompt_variation_idx: index,
            prompt_variation: 'How does rain work?',
            approach: 'untouched',
            error: null,
            error_message: null,
            model: '',
            seed: 0,
          })),
        );
        const { code, metrics } = await reportOf(runMainModel.run({ shard }, context), context);
        assert.equal(code, 'BAD_REQUEST');
        assert.deepEqual(
          metrics.spend.map(({ stage, calls }) => [stage, calls]),
          [['model_outputs', 2 * context.settings.mainModel.samples]],
        );
      },
      { models: modelThat(() => refusal) },
    );
  });
});
