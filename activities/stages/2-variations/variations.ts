import type { Activity } from '../../activity.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { fillTemplate } from '../../../configs/settings/approaches.ts';
import type { Approach, PromptVariationConfig } from '../../../configs/settings/types.ts';
import type { Row, RowOf, ShardReference } from '../../store/tables.ts';
import { runShard } from '../../inference/run-shard.ts';
import { groupBy } from '../../statistics/group-by.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import { digest } from '../../store/digest.ts';
import { assertMostMade } from '../../inference/failed-rows.ts';
import { rewrite } from '../../rewriting/rewrite.ts';
import { shardSchema } from '../../schemas.ts';

export interface VariationsInput {
  /** A shard of base_prompts. */
  readonly shard: ShardReference;
  /** Variations of each base prompt, the untouched one not counted. */
  readonly count: number;
}

interface Item {
  readonly basePromptIdx: number;
  readonly basePrompt: string;
  /** -1 = the untouched base prompt. */
  readonly variationIdx: number;
}

/** Stage 2: rewrites every base prompt several ways; the untouched base prompt is variation -1. */
export const generateVariations: Activity<VariationsInput, ShardReference> = {
  name: 'generateVariations',
  description:
    'Rewrites each base prompt of a shard in several ways; the untouched base prompt is variation -1.',
  taskQueue: 'gpu-generation',
  cacheable: true,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['shard', 'count'],
    properties: { shard: shardSchema, count: { type: 'integer', minimum: 1, maximum: 1000 } },
  },
  output: shardSchema,
  async run({ shard, count }, context) {
    const config = context.settings.promptVariation;
    const basePrompts = await context.store.readShard(shard);
    const items = basePrompts.flatMap((row) =>
      Array.from({ length: count + 1 }, (_, k): Item => {
        return {
          basePromptIdx: Number(row['base_prompt_idx']),
          basePrompt: String(row['base_prompt']),
          variationIdx: k - 1,
        };
      }),
    );
    const made = await runShard({
      context,
      stage: 'prompt_variations',
      name: {
        table: 'prompt_variations',
        run: context.run.runId,
        shard: shardName(shard, count, context.run.settingsDigest),
      },
      split: shard.split,
      unit: 'variations',
      items,
      concurrency: config.request.concurrency,
      keyOf: (item) => `${item.basePromptIdx}:${item.variationIdx}`,
      call: async (item) => {
        if (item.variationIdx < 0)
          return { rows: [withoutModel(item, 'untouched', item.basePrompt)], calls: [] };
        const approach = approachOf(item, count, config);
        if ('template' in approach) {
          const text = fillTemplate(approach.template, item.basePrompt);
          return { rows: [withoutModel(item, approach.name, text)], calls: [] };
        }
        const seed = deriveSeed(context.run.seed, 'prompt_variations', item.basePromptIdx, item.variationIdx);
        const result = await rewrite(context, {
          role: 'prompt_variation',
          config,
          text: context.settings.texts.prompt_variation_input,
          values: { base_prompt: item.basePrompt, approach: approach.instruction },
          seed,
          key: `${item.basePromptIdx}:${item.variationIdx}`,
        });
        return {
          rows: [
            {
              base_prompt_idx: item.basePromptIdx,
              prompt_variation_idx: item.variationIdx,
              prompt_variation: result.prompt,
              approach: approach.name,
              error: result.error,
              error_message: result.errorMessage,
              model: config.model.name,
              seed,
            },
          ],
          calls: result.calls,
        };
      },
    });
    const rows = await context.store.readShard(made, ['prompt_variation_idx', 'error']);
    assertMostMade(rows, 'variations', 'variation');
    assertSomeUsable(rows.filter((row) => Number(row['prompt_variation_idx']) >= 0));
    return made;
  },
};

/** Refusals of one shard, with nothing else, that are no accident any more. */
const ENOUGH = 8;

/**
 * Where a model can write no variation at all, there is nothing to learn from, and nothing to pay for.
 * @throws ActivityError `NO_VARIATIONS`
 */
function assertSomeUsable(rows: readonly Row[]): void {
  if (rows.length < ENOUGH || rows.some(({ error }) => error === null)) return;
  const counts = groupBy(rows, ({ error }) => String(error));
  const codes = [...counts].map(([code, { length }]) => `${length} ${code}`).join(', ');
  throw new ActivityError(
    'NO_VARIATIONS',
    `The variation model wrote ${rows.length} variations for this shard, none of which can be used (${codes}). ` +
      'What it wrote stands in the table model_calls, in unused_text. Give the role prompt_variation a model that can rewrite.',
  );
}

/** Rotated from prompt to prompt, so that with fewer variations than approaches all approaches are tried. */
function approachOf(
  { basePromptIdx, variationIdx }: Item,
  count: number,
  { approaches }: PromptVariationConfig,
): Approach {
  const approach = approaches[(basePromptIdx * count + variationIdx) % approaches.length];
  if (!approach) throw new RangeError('prompt_variation_config has no approaches');
  return approach;
}

/** A variation that no model wrote. */
function withoutModel(item: Item, approach: string, text: string): RowOf<'prompt_variations'> {
  return {
    base_prompt_idx: item.basePromptIdx,
    prompt_variation_idx: item.variationIdx,
    prompt_variation: text,
    approach,
    error: null,
    error_message: null,
    model: '',
    seed: 0,
  };
}

function shardName(shard: ShardReference, count: number, settingsDigest: string): string {
  return `variations-${digest({ shard: shard.shard, count, settingsDigest }).slice(0, 16)}`;
}
