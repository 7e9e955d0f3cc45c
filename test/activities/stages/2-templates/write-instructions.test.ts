import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActivityContext } from '../../../../activities/activity.ts';
import type { ChatAnswer, ChatCall, ModelClient } from '../../../../activities/inference/model-client.ts';
import { generateBasePrompts } from '../../../../activities/stages/1-base-prompts/base-prompts.ts';
import { proposeTemplates } from '../../../../activities/stages/2-templates/propose-templates.ts';
import { writeInstructions } from '../../../../activities/stages/2-templates/write-instructions.ts';
import { generateVariations } from '../../../../activities/stages/2-variations/variations.ts';
import { runMainModel } from '../../../../activities/stages/3-main-model/main-model.ts';
import { runChecks } from '../../../../activities/stages/4-validators/run-checks.ts';
import { countRefusals } from '../../../../activities/stages/8-test/metrics/count-refusals.ts';
import type { CheckConfig } from '../../../../configs/settings/checks.ts';
import { hasCode, withContext } from '../../general/general-context.ts';
import { noAdapters } from '../../../support/no-adapters.ts';

const TEMPLATE = 'Which kind?\n{{input}}';
const checks: readonly CheckConfig[] = [
  { name: 'is-it', use: 'criterion', exact: { ignoreCase: true } },
  { name: 'secret-referee', use: 'referee', contains: {} },
];

/** The main model says `red` to everything; the writer says what it is told to. */
function modelsThat(write: (message: string, index: number) => string): {
  readonly models: ModelClient;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const answer = (text: string): ChatAnswer => ({
    text,
    finishReason: 'stop',
    logprobs: null,
    thinking: null,
    thinkingTokens: 0,
    tokensAreEstimated: false,
    model: 'writer',
    endpoint: 'http://writer/v1',
    promptTokens: 1,
    completionTokens: 1,
    seconds: 0,
    requests: 1,
    cached: false,
  });
  const chat = async ({ role, messages }: ChatCall): Promise<ChatAnswer> => {
    if (role !== 'prompt_optimization') return answer('red');
    const message = messages.map(({ content }) => content).join('\n');
    asked.push(message);
    return answer(JSON.stringify({ instruction: write(message, asked.length - 1) }));
  };
  return { models: { chat, adapters: noAdapters, close: async () => {} }, asked };
}

/** Two rounds of the search as far as its templates go; in the second, instructions are written. */
async function search(
  models: ModelClient,
  work: (context: ActivityContext, held: readonly string[]) => Promise<void>,
  expectedOf: (index: number) => string = (index) => ['red', 'blue', 'green'][index % 3]!,
): Promise<void> {
  await withContext(
    async (plain, root) => {
      const { validatorModel } = plain.settings;
      const context = {
        ...plain,
        settings: { ...plain.settings, validatorModel: { ...validatorModel, validators: [], checks } },
      };
      const rows = Array.from({ length: 24 }, (_, k) => `object ${k} seen at dawn,${expectedOf(k)},t${k}`);
      await writeFile(join(root, 'inputs.csv'), `input,expected,topic\n${rows.join('\n')}\n`);
      await writeFile(join(root, 'my.txt'), TEMPLATE);
      const { shards } = await generateBasePrompts.run(
        { count: 1, promptsFile: 'inputs.csv', template: 'my.txt' },
        context,
      );
      const { templates } = await proposeTemplates.run({ template: TEMPLATE, count: 3, round: 0 }, context);
      for (const shard of shards.filter(({ split }) => split === 'train')) {
        const varied = await generateVariations.run({ shard, count: 3, templates }, context);
        await runChecks.run({ shard: await runMainModel.run({ shard: varied }, context) }, context);
      }
      const held = await context.store.query("select base_prompt from base_prompts where split <> 'train'");
      await work(
        context,
        held.map((row) => String(row['base_prompt']).split('\n')[1]!),
      );
    },
    { models },
  );
}

const GOOD = ['Tell colours apart by the object.', 'Say one colour and be sure of it.'];
const input = { template: TEMPLATE, count: 2, round: 1 } as const;

describe('instructions that a model writes in the search for a template', () => {
  it('come from what went wrong on training inputs alone, and are tried first', async () => {
    const { models, asked } = modelsThat((_, index) => GOOD[index]!);
    await search(models, async (context, held) => {
      assert.deepEqual(await writeInstructions.run(input, context), { written: 2, refused: 0 });
      assert.equal(asked.length, 2);
      for (const message of asked) {
        assert.match(message, /"answer":"red"/u);
        assert.match(message, /"expected":"(blue|green)"/u);
        assert.doesNotMatch(message, /"expected":"red"|secret-referee/u);
        for (const text of held) assert.ok(!message.includes(`"${text}"`), text);
      }
      const { templates } = await proposeTemplates.run({ template: TEMPLATE, count: 3, round: 1 }, context);
      const rows = await context.store.query(
        'select template from prompt_templates where list_contains($templates, template_idx) order by template_idx',
        { templates: [...templates] },
      );
      assert.deepEqual(
        rows.map((row) => GOOD.findIndex((text) => String(row['template']).startsWith(text))),
        [0, 1, -1],
      );
      assert.deepEqual(await writeInstructions.run(input, context), { written: 2, refused: 0 });
      assert.equal(asked.length, 2, 'what was written is not paid for again');
    });
  });

  it('are asked for in the same words without what went wrong, where that is to be compared', async () => {
    const { models, asked } = modelsThat((_, index) => GOOD[index % 2]!);
    await search(models, async (context) => {
      await writeInstructions.run({ ...input, feedback: false }, context);
      await writeInstructions.run(input, context);
      const bare = asked.map((message) => message.replace(/<failures>[^]*<\/failures>/u, ''));
      assert.doesNotMatch(asked.slice(0, 2).join(''), /"expected"|"answer":/u);
      assert.deepEqual(bare.slice(0, 2).toSorted(), bare.slice(2).toSorted());
    });
  });

  it('are refused where they quote the inputs, asked for once more, counted, and never tried', async () => {
    const { models, asked } = modelsThat((message) => {
      const [, shown] = /"input":"([^"]+)"/u.exec(message) ?? [];
      return `Where you read ${shown} say blue.`;
    });
    await search(models, async (context) => {
      assert.deepEqual(await writeInstructions.run(input, context), { written: 0, refused: 2 });
      assert.equal(asked.length, 4);
      const { templates } = await proposeTemplates.run({ template: TEMPLATE, count: 3, round: 1 }, context);
      assert.equal(templates.length, 3);
      const written = await context.store.query(
        "select 1 from prompt_templates where template like '%you read%'",
      );
      assert.deepEqual(written, []);
      const [counted] = await countRefusals(context);
      assert.deepEqual(
        [counted?.stage, counted?.code, counted?.count],
        ['prompt_instructions', 'COPIED_DATA', 2],
      );
      assert.match(counted?.examples?.join('') ?? '', /Where you read/u);
    });
  });

  it('are not asked for where nothing went wrong, nor before anything was tried', async () => {
    const { models, asked } = modelsThat(() => GOOD[0]!);
    await search(
      models,
      async (context) => {
        assert.deepEqual(await writeInstructions.run(input, context), { written: 0, refused: 0 });
        assert.deepEqual(await writeInstructions.run({ ...input, round: 0 }, context), {
          written: 0,
          refused: 0,
        });
        assert.deepEqual(asked, []);
      },
      () => 'red',
    );
  });

  it('need a section of the text, which is named where it is missing', async () => {
    const { models } = modelsThat(() => GOOD[0]!);
    await withContext(
      async (context) => {
        const { texts } = context.settings;
        const [older = ''] = texts.prompt_optimization_model_input.split('=== instruction ===');
        const settings = {
          ...context.settings,
          texts: { ...texts, prompt_optimization_model_input: older },
        };
        await assert.rejects(
          writeInstructions.run(input, { ...context, settings }),
          hasCode('MISSING_SECTION'),
        );
      },
      { models },
    );
  });
});
