/** What a step of the search for a template goes by: what was tried so far, what was written, and the training prompts. */
import type { ActivityContext } from '../../activity.ts';
import { fieldOf, fieldText, readPromptFields } from '../../imports/prompt-fields.ts';
import { readTemplateScores } from '../../scoring/template-scores.ts';
import { groupBy } from '../../statistics/group-by.ts';
import type { TriedRecipe } from './next-recipes.ts';
import { labelsOf, type Example, type Ingredients, type Recipe } from './recipe.ts';

/** By number. */
export type Tried = ReadonlyMap<number, TriedRecipe>;

/** What the rounds before have tried, by number. */
export async function readTried(
  round: number,
  context: Pick<ActivityContext, 'store' | 'run' | 'settings' | 'log'>,
): Promise<Tried> {
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

/** The instructions that were written for this round and not refused, each before the template that it was written for. */
export async function readWritten(
  round: number,
  tried: Tried,
  { store, run }: Pick<ActivityContext, 'store' | 'run'>,
): Promise<readonly Recipe[]> {
  const rows = await store.query(
    'select parent_idx, instruction from prompt_instructions where run = $run and round = $round and instruction is not null order by instruction_idx',
    { run: run.runId, round },
  );
  return rows.flatMap((row): Recipe[] => {
    const parent = tried.get(Number(row['parent_idx']));
    return parent === undefined ? [] : [{ ...parent.recipe, instruction: String(row['instruction']) }];
  });
}

/** What stands in the training prompts alone; a column `expected` makes examples of them. */
export async function gatherIngredients(
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
