import type { Activity, ActivityContext } from '../../activity.ts';
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
import { Uncacheable } from '../../attempts/task-cache/uncacheable.ts';
import { fillColumns } from '../../imports/fill-columns.ts';
import { readPromptFields, type PromptFields } from '../../imports/prompt-fields.ts';
import type { Recipe } from '../2-templates/recipe.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface VariationsInput {
  /** A shard of base_prompts. */
  readonly shard: ShardReference;
  /** Variations of each base prompt, the untouched one not counted. */
  readonly count: number;
  /** Numbers of the `prompt_templates` of the run that make the variations instead, as many as `count`. */
  readonly templates?: readonly number[];
  /** Whether the untouched base prompt is one of them. Default true. */
  readonly untouched?: boolean;
}

interface Item {
  readonly basePromptIdx: number;
  readonly fields: PromptFields;
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
  input: objectSchema(
    {
      shard: shardSchema,
      count: { type: 'integer', minimum: 0, maximum: 1000 },
      templates: {
        type: 'array',
        items: { type: 'integer', minimum: 0 },
        description:
          'Numbers of the proposed templates that make the variations, instead of the approaches of the config.',
      },
      untouched: {
        type: 'boolean',
        description: 'Whether the untouched prompt is one of them. Default true.',
      },
    },
    ['templates', 'untouched'],
  ),
  output: shardSchema,
  reads({ templates }) {
    if (templates !== undefined) throw new Uncacheable('they are made by the templates of their run');
    return [];
  },
  async run(input, context) {
    const { shard, count, templates, untouched = true } = input;
    const config = context.settings.promptVariation;
    const basePrompts = await context.store.readShard(shard);
    const proposed = templates === undefined ? undefined : await readTemplates(templates, context);
    const indexes = [
      ...(untouched ? [-1] : []),
      ...(proposed === undefined ? Array.from({ length: count }, (_, index) => index) : proposed.keys()),
    ];
    const items = basePrompts.flatMap((row) => {
      const prompt = {
        basePromptIdx: Number(row['base_prompt_idx']),
        basePrompt: String(row['base_prompt']),
        fields: proposed === undefined ? {} : readPromptFields(row['fields']),
      };
      return indexes
        .filter((index) => proposed?.get(index)?.examples.includes(prompt.basePromptIdx) !== true)
        .map((variationIdx): Item => ({ ...prompt, variationIdx }));
    });
    const made = await runShard({
      context,
      stage: 'prompt_variations',
      name: {
        table: 'prompt_variations',
        run: context.run.runId,
        shard: shardName(input, context.run.settingsDigest),
      },
      split: shard.split,
      unit: 'variations',
      items,
      concurrency: config.request.concurrency,
      keyOf: (item) => `${item.basePromptIdx}:${item.variationIdx}`,
      call: async (item, own) => {
        if (item.variationIdx < 0)
          return { rows: [withoutModel(item, 'untouched', item.basePrompt)], calls: [] };
        const template = proposed?.get(item.variationIdx);
        if (template !== undefined)
          return {
            rows: [withoutModel(item, template.name, fillColumns(template.text, item.fields))],
            calls: [],
          };
        const approach = approachOf(item, count, config);
        if ('template' in approach) {
          const text = fillTemplate(approach.template, item.basePrompt);
          return { rows: [withoutModel(item, approach.name, text)], calls: [] };
        }
        const seed = deriveSeed(context.run.seed, 'prompt_variations', item.basePromptIdx, item.variationIdx);
        const result = await rewrite(own, {
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

/** Durable: without templates, and with the untouched prompt, it is that of earlier versions. */
function shardName(
  { shard: { shard }, count, templates, untouched = true }: VariationsInput,
  settingsDigest: string,
): string {
  const made =
    templates === undefined && untouched ? { shard, count } : { shard, count, templates, untouched };
  return `variations-${digest({ ...made, settingsDigest }).slice(0, 16)}`;
}

interface ProposedTemplate {
  readonly name: string;
  readonly text: string;
  /** Base prompts that stand in it with what was expected of them: asked about with it, they would tell nothing. */
  readonly examples: readonly number[];
}

/** By number, in the order given. */
async function readTemplates(
  indexes: readonly number[],
  { store, run }: ActivityContext,
): Promise<ReadonlyMap<number, ProposedTemplate>> {
  const rows = await store.query(
    'select template_idx, template, recipe from prompt_templates where run = $run and list_contains($indexes, template_idx)',
    { run: run.runId, indexes: [...indexes] },
  );
  const found = new Map(rows.map((row) => [Number(row['template_idx']), row]));
  return new Map(
    indexes.map((index) => {
      const row = found.get(index);
      if (row === undefined)
        throw new ActivityError('NO_TEMPLATE', `The run has proposed no template of the number ${index}.`);
      const { examples } = JSON.parse(String(row['recipe'])) as Recipe;
      return [index, { name: `template-${index}`, text: String(row['template']), examples }];
    }),
  );
}
