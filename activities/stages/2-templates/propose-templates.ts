import type { Activity, ActivityContext } from '../../activity.ts';
import { fieldOf, fieldText, readPromptFields } from '../../imports/prompt-fields.ts';
import { createRandom } from '../../randomness/random.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import type { RowOf } from '../../store/tables.ts';
import { groupBy } from '../../statistics/group-by.ts';
import { nextRecipes, type TriedRecipe } from './next-recipes.ts';
import { labelsOf, renderRecipe, type Example, type Ingredients, type Recipe } from './recipe.ts';
import { readTemplateScores } from '../../scoring/template-scores.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface ProposeInput {
  /** The user's template, with its `{{columns}}`. */
  readonly template: string;
  /** Templates to propose. */
  readonly count: number;
  /** From 0; the same round proposes the same. */
  readonly round: number;
  /** Whether what went well and wrong so far is heeded. Default true. */
  readonly feedback?: boolean;
}

export interface ProposeOutput {
  /** Their numbers in `prompt_templates`; fewer than asked for where there are no more, none at the end of the search. */
  readonly templates: readonly number[];
}

/** Of `ProposeOutput`. */
export const proposedSchema = objectSchema({
  templates: { type: 'array', items: { type: 'integer' } },
});

/** One step of the search for a template for a task. */
export const proposeTemplates: Activity<ProposeInput, ProposeOutput> = {
  name: 'proposeTemplates',
  description: 'Proposes templates for a task, by how those proposed before fared on the training prompts.',
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: 'it reads whatever is in the tables of its run',
  input: objectSchema(
    {
      template: {
        type: 'string',
        minLength: 1,
        description: 'The template of the task, with its {{columns}}.',
      },
      count: { type: 'integer', minimum: 1, maximum: 64, description: 'Templates to propose.' },
      round: { type: 'integer', minimum: 0, description: 'Round of the search, from 0.' },
      feedback: { type: 'boolean', description: 'Heed how templates fared so far. Default true.' },
    },
    ['feedback'],
  ),
  output: proposedSchema,
  async run({ template, count, round, feedback = true }, context) {
    const { store, run, log } = context;
    const tried = await readTried(round, context);
    const ingredients = await gatherIngredients(template, context);
    const random = createRandom(deriveSeed(run.seed, 'prompt_templates', round));
    const recipes = nextRecipes([...tried.values()], ingredients, count, random, feedback);
    const first = Math.max(-1, ...tried.keys()) + 1;
    const proposed = recipes.map((recipe, index): RowOf<'prompt_templates'> => ({
      template_idx: first + index,
      round,
      template: renderRecipe(recipe, ingredients),
      recipe: JSON.stringify(recipe),
    }));
    await store.writeShard(
      { table: 'prompt_templates', run: run.runId, shard: `round-${round}` },
      'train',
      proposed,
    );
    log.info({ round, templates: proposed.length }, 'templates proposed');
    return { templates: proposed.map((row) => row.template_idx) };
  },
};

/** What the rounds before have tried, by number. */
async function readTried(
  round: number,
  context: Pick<ActivityContext, 'store' | 'run' | 'settings' | 'log'>,
): Promise<ReadonlyMap<number, TriedRecipe>> {
  const { store, run } = context;
  const rows = await store.query(
    'select template_idx, recipe from prompt_templates where run = $run and round < $round order by template_idx',
    { run: run.runId, round },
  );
  const scores = groupBy(await readTemplateScores('train', context), ({ templateIdx }) => templateIdx);
  return new Map(
    rows.map((row) => {
      const index = Number(row['template_idx']);
      const own = (scores.get(index) ?? []).map(
        ({ basePromptIdx, score }) => [basePromptIdx, score] as const,
      );
      return [index, { recipe: JSON.parse(String(row['recipe'])) as Recipe, scores: new Map(own) }];
    }),
  );
}

/** What stands in the training prompts alone; a column `expected` makes examples of them. */
async function gatherIngredients(
  template: string,
  { store, run }: Pick<ActivityContext, 'store' | 'run'>,
): Promise<Ingredients> {
  const rows = await store.query(
    "select base_prompt_idx, base_prompt, fields from base_prompts where run = $run and split = 'train' order by base_prompt_idx",
    { run: run.runId },
  );
  const examples = rows.flatMap((row): Example[] => {
    const expected = fieldOf(readPromptFields(row['fields']), 'expected');
    if (expected === undefined || expected === null) return [];
    const basePromptIdx = Number(row['base_prompt_idx']);
    return [{ basePromptIdx, request: String(row['base_prompt']), expected: fieldText(expected) }];
  });
  return { template, examples, labels: labelsOf(examples.map(({ expected }) => expected)) };
}
