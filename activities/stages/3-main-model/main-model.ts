import type { RoleConfig } from '../../../configs/settings/types.ts';
import type { Activity, ActivityContext } from '../../activity.ts';
import type { Row, ShardReference, TableName } from '../../store/tables.ts';
import { callRecord, failedCallRecord, runShard } from '../../inference/run-shard.ts';
import { isOfRow, type PaidTokens } from '../../inference/model-error.ts';
import { buildMessages } from '../../inference/texts/render.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import { fieldsNamedIn } from '../../../configs/checks/texts.ts';
import { fieldValues, readPromptFields, type PromptFields } from '../../imports/prompt-fields.ts';
import { digest } from '../../store/digest.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { assertMostMade } from '../../inference/failed-rows.ts';
import { serveVersion } from '../../inference/servers/serve-version.ts';
import { shardSchema } from '../../schemas.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface MainModelInput {
  /** A shard of prompt_variations or kept_variations (answered into model_outputs), of lesson_prompts (into lesson_outputs) or of test_prompts (into test_outputs). */
  readonly shard: ShardReference;
  /** Answers to each prompt, instead of the config's. */
  readonly samples?: number;
}

const answersOf: { readonly [table: string]: TableName } = {
  prompt_variations: 'model_outputs',
  kept_variations: 'model_outputs',
  lesson_prompts: 'lesson_outputs',
  test_prompts: 'test_outputs',
};

type Item = {
  readonly basePromptIdx: number;
  readonly variationIdx: number;
  readonly sampleIdx: number;
  /** Version of the main model that is to answer; null = the model as it is. */
  readonly adapter: string | null;
  /** Of its base prompt: what the text names of them. */
  readonly fields: PromptFields;
} & (
  | { readonly prompt: string }
  /** Why it is not answered, as a code. */
  | { readonly prompt: null; readonly missing: string }
);

/** Stage 3: the main model answers every prompt of a shard, the configured number of times. */
export const runMainModel: Activity<MainModelInput, ShardReference> = {
  name: 'runMainModel',
  description: 'Lets the main model answer every prompt of a shard.',
  taskQueue: 'gpu-main',
  cacheable: true,
  input: objectSchema(
    {
      shard: shardSchema,
      samples: {
        type: 'integer',
        minimum: 1,
        maximum: 100,
        description: "Answers to each prompt, instead of the config's.",
      },
    },
    ['samples'],
  ),
  output: shardSchema,
  async run({ shard, samples: wanted }, context) {
    const config = context.settings.mainModel;
    const table = answersOf[shard.table];
    if (!table) {
      throw new ActivityError(
        'WRONG_TABLE',
        `runMainModel answers shards of prompt_variations, kept_variations, lesson_prompts or test_prompts, not of '${shard.table}'.`,
      );
    }
    const samples = wanted ?? (table === 'test_outputs' ? config.testSamples : config.samples);
    // A second look is one at new answers.
    const firstSample = shard.table === 'kept_variations' ? samples : 0;
    const prompts = await context.store.readShard(shard);
    const configs = await serveVersions(prompts, context);
    const fieldsOf = await readFields(prompts, context);
    const isCompared = shard.table !== 'prompt_variations' ? () => true : comparesOf(prompts);
    const items = prompts.flatMap((row) =>
      Array.from({ length: samples }, (_, sample): Item => {
        const prompt = row['prompt_variation'];
        const missing = typeof prompt === 'string' ? 'NOTHING_TO_COMPARE' : 'NO_PROMPT';
        return {
          basePromptIdx: Number(row['base_prompt_idx']),
          variationIdx: Number(row['prompt_variation_idx']),
          sampleIdx: firstSample + sample,
          adapter: versionOf(row),
          fields: fieldsOf.get(Number(row['base_prompt_idx'])) ?? {},
          ...(typeof prompt === 'string' && isCompared(row) ? { prompt } : { prompt: null, missing }),
        };
      }),
    );
    const made = await runShard({
      context,
      stage: table,
      name: {
        table,
        run: context.run.runId,
        shard: `answers-${digest({ shard: shard.shard, samples, settings: context.run.settingsDigest }).slice(0, 16)}`,
      },
      split: shard.split,
      unit: 'answers',
      items,
      concurrency: config.request.concurrency,
      keyOf,
      call: async (item, own) => {
        const seed = deriveSeed(
          context.run.seed,
          table,
          item.basePromptIdx,
          item.variationIdx,
          item.sampleIdx,
        );
        const row: Row = {
          base_prompt_idx: item.basePromptIdx,
          prompt_variation_idx: item.variationIdx,
          sample_idx: item.sampleIdx,
          model_output: null,
          thinking: null,
          finish_reason: null,
          prompt_tokens: null,
          completion_tokens: null,
          thinking_tokens: null,
          seconds: null,
          adapter: item.adapter,
          error: null,
          error_message: null,
          model: config.model.name,
          seed,
        };
        if (item.prompt === null) return { rows: [{ ...row, error: item.missing }], calls: [] };
        const text = context.settings.texts.main_model_input;
        const named = fieldValues(text, item.fields);
        if ('lacking' in named) {
          const message = `The prompt has no '${named.lacking}', which main_model_input.txt names.`;
          return { rows: [{ ...row, error: 'NO_FIELD', error_message: message }], calls: [] };
        }
        try {
          const answer = await own.models.chat({
            role: 'main_model',
            config: configs.get(item.adapter) ?? config,
            messages: buildMessages(text, ['system', 'user'], { ...named.values, prompt: item.prompt }),
            seed,
            signal: context.signal,
          });
          return {
            rows: [
              {
                ...row,
                model_output: answer.text,
                thinking: answer.thinking,
                finish_reason: answer.finishReason,
                ...tokensAndTime(answer),
              },
            ],
            calls: [callRecord('main_model', keyOf(item), answer)],
          };
        } catch (failure) {
          if (!isOfRow(failure)) throw failure;
          const { code, message, answer } = failure;
          const broken =
            answer === undefined
              ? {}
              : { thinking: answer.thinking, finish_reason: answer.finishReason, ...tokensAndTime(answer) };
          return {
            rows: [{ ...row, ...broken, error: code, error_message: message }],
            calls: [failedCallRecord('main_model', keyOf(item), config, failure)],
          };
        }
      },
    });
    assertMostMade(await context.store.readShard(made, ['error']), 'answers', 'main');
    return made;
  },
};

/** The configs to ask those versions of the main model with that rows name, once its servers have them. */
async function serveVersions(
  prompts: readonly Row[],
  context: ActivityContext,
): Promise<ReadonlyMap<string | null, RoleConfig>> {
  const versions = new Set(prompts.map(versionOf).filter((version) => version !== null));
  const configs = new Map<string | null, RoleConfig>();
  for (const version of versions)
    configs.set(version, await serveVersion(context, context.settings.mainModel, 'main_model', version));
  return configs;
}

/** Null = the model as it is. */
function versionOf({ adapter }: Row): string | null {
  return typeof adapter === 'string' ? adapter : null;
}

/** By base prompt; none are read where the text names none. */
async function readFields(
  prompts: readonly Row[],
  { store, run, settings }: Pick<ActivityContext, 'store' | 'run' | 'settings'>,
): Promise<ReadonlyMap<number, PromptFields>> {
  if (fieldsNamedIn(settings.texts.main_model_input).length === 0) return new Map();
  const indexes = [...new Set(prompts.map((row) => row['base_prompt_idx'] ?? null))];
  const rows = await store.query(
    'select base_prompt_idx, fields from base_prompts where run = $run and list_contains($indexes, base_prompt_idx)',
    { run: run.runId, indexes },
  );
  return new Map(rows.map((row) => [Number(row['base_prompt_idx']), readPromptFields(row['fields'])]));
}

/** A base prompt of which no rewriting can be used has nothing to compare its answer with: nothing is learned from one. */
function comparesOf(prompts: readonly Row[]): (row: Row) => boolean {
  const varied = new Set(
    prompts
      .filter((row) => Number(row['prompt_variation_idx']) >= 0 && row['prompt_variation'] !== null)
      .map((row) => row['base_prompt_idx']),
  );
  return (row) => varied.has(row['base_prompt_idx']);
}

function tokensAndTime(paid: PaidTokens & { readonly seconds: number }): Row {
  return {
    prompt_tokens: paid.promptTokens,
    completion_tokens: paid.completionTokens,
    thinking_tokens: paid.thinkingTokens,
    seconds: paid.seconds,
  };
}

function keyOf(item: Item): string {
  return `${item.basePromptIdx}:${item.variationIdx}:${item.sampleIdx}`;
}
