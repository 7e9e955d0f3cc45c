import type { Activity } from '../../activity.ts';
import { createRandom } from '../../randomness/random.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import type { RowOf } from '../../store/tables.ts';
import { nextRecipes } from './next-recipes.ts';
import { gatherIngredients, readTried, readWritten } from './read-search.ts';
import { renderRecipe } from './recipe.ts';
import { searchFields } from './search-fields.ts';
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
  /** Tokens of a template without its columns, as far as its length tells. Default: any number. */
  readonly maxTokens?: number;
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
      template: searchFields.template,
      count: { type: 'integer', minimum: 1, maximum: 64, description: 'Templates to propose.' },
      round: searchFields.round,
      feedback: { type: 'boolean', description: 'Heed how templates fared so far. Default true.' },
      maxTokens: {
        type: 'integer',
        minimum: 1,
        description:
          'Tokens of a template without its columns, as far as its length tells. Default: any number.',
      },
    },
    ['feedback', 'maxTokens'],
  ),
  output: proposedSchema,
  async run({ template, count, round, feedback = true, maxTokens = Infinity }, context) {
    const { store, run, log } = context;
    const tried = await readTried(round, context);
    const ingredients = await gatherIngredients(template, context);
    const random = createRandom(deriveSeed(run.seed, 'prompt_templates', round));
    const written = await readWritten(round, tried, context);
    const recipes = nextRecipes([...tried.values()], ingredients, count, random, {
      feedback,
      written,
      maxTokens,
    });
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
