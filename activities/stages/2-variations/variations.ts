import type { Activity } from '../../activity.ts';
import { fillTemplate } from '../../../configs/settings/approaches.ts';
import type { Approach, PromptVariationConfig } from '../../../configs/settings/types.ts';
import type { RowOf, ShardReference } from '../../store/tables.ts';
import { runShard } from '../../inference/run-shard.ts';
import { deriveSeed } from '../../inference/seed.ts';
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
    assertMostMade(await context.store.readShard(made, ['error']), 'variations', 'variation');
    return made;
  },
};

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
