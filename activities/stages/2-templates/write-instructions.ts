import type { Activity, ActivityContext } from '../../activity.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { columnsNamedIn } from '../../imports/fill-columns.ts';
import { fieldOf, fieldText, readPromptFields } from '../../imports/prompt-fields.ts';
import { runShard, type ItemOutcome } from '../../inference/run-shard.ts';
import { createRandom } from '../../randomness/random.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import { askForJson } from '../../rewriting/ask-for-json.ts';
import { digest } from '../../store/digest.ts';
import { parseText } from '../../../configs/checks/texts.ts';
import { searchFields } from './search-fields.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';
import { describeFailures, readFailedInputs, type FailedInput } from './failed-inputs.ts';
import { findInstructionFault, type InstructionSources } from './instruction-fault.ts';
import { paretoFront } from './next-recipes.ts';
import { gatherIngredients, readTried, type Tried } from './read-search.ts';
import { renderRecipe, type Ingredients } from './recipe.ts';

export interface WriteInput {
  /** The user's template, with its `{{columns}}`. */
  readonly template: string;
  /** Instructions to write. */
  readonly count: number;
  /** Round of the search, from 0; before anything was tried there is nothing to write about. */
  readonly round: number;
  /** Whether the model is shown what went wrong. Default true; false = the same question without it, for comparison. */
  readonly feedback?: boolean;
}

export interface WriteOutput {
  /** Instructions that can be tried. */
  readonly written: number;
  /** Those that were refused, or that no answer came for. */
  readonly refused: number;
}

/** One instruction to be written. */
interface Item {
  readonly index: number;
  /** Number of the template that it is to stand before. */
  readonly parent: number;
  readonly parentText: string;
  readonly failures: readonly FailedInput[];
  readonly seed: number;
}

/** Training inputs that went wrong which a model is shown at once. */
const FAILURES_SHOWN = 6;

/**
 * Reflection, after GEPA (Agrawal et al. 2025, arXiv 2507.19457): the prompt-optimization model reads what went wrong with one of
 * the best templates, and writes an instruction to stand before it. What is no instruction, or quotes the training inputs, is
 * refused and counted, and never tried.
 */
export const writeInstructions: Activity<WriteInput, WriteOutput> = {
  name: 'writeInstructions',
  description:
    'Has a model write instructions for a task, from what went wrong with the best templates so far.',
  taskQueue: 'gpu-generation',
  cacheable: 'it reads whatever is in the tables of its run',
  input: objectSchema(
    {
      template: searchFields.template,
      count: { type: 'integer', minimum: 1, maximum: 64, description: 'Instructions to write.' },
      round: searchFields.round,
      feedback: {
        type: 'boolean',
        description: 'Show the model what went wrong. Default true.',
      },
    },
    ['feedback'],
  ),
  output: objectSchema({ written: { type: 'integer' }, refused: { type: 'integer' } }),
  async run({ template, count, round, feedback = true }, context) {
    const { store, run, settings, log } = context;
    if (!parseText(settings.texts.prompt_optimization_model_input).has('instruction'))
      throw new ActivityError(
        'MISSING_SECTION',
        "model_input/prompt_optimization_model_input.txt has no section 'instruction', which a model is asked with to write one. " +
          'Take it from the text that PROSE comes with, or run with --param instructions=none.',
      );
    const tried = await readTried(round, context);
    const ingredients = await gatherIngredients(template, context);
    const sources = await readSources(template, ingredients, tried, context);
    const shard = await runShard({
      context,
      stage: 'prompt_instructions',
      name: {
        table: 'prompt_instructions',
        run: run.runId,
        shard: `round-${round}-${digest({ count, feedback, settings: run.settingsDigest }).slice(0, 16)}`,
      },
      split: 'train',
      unit: 'instructions',
      items: await chooseParents(tried, ingredients, count, round, feedback, context),
      concurrency: settings.promptOptimization.request.concurrency,
      keyOf: ({ index }) => String(index),
      call: (item, own) => write(item, round, sources, own),
    });
    const rows = await store.readShard(shard, ['error']);
    const refused = rows.filter(({ error }) => error !== null).length;
    log.info({ round, written: rows.length - refused, refused }, 'instructions written');
    return { written: rows.length - refused, refused };
  },
};

/** Drawn from those that are best for some input and wrong on others; where all is right, nothing is to be written. */
async function chooseParents(
  tried: Tried,
  ingredients: Ingredients,
  count: number,
  round: number,
  feedback: boolean,
  context: ActivityContext,
): Promise<readonly Item[]> {
  if (tried.size === 0) return [];
  const best = new Set(paretoFront([...tried.values()]));
  const front = [...tried].filter(([, one]) => best.has(one));
  const items = Array.from({ length: count }, async (_, index): Promise<Item | undefined> => {
    const seed = deriveSeed(context.run.seed, 'prompt_instructions', round, index);
    const [parent, { recipe }] = front[Math.floor(createRandom(seed)() * front.length)]!;
    const told = { index: parent, text: ingredients.template };
    const failures = await readFailedInputs(told, FAILURES_SHOWN, seed, context);
    if (failures.length === 0) return undefined;
    const parentText = renderRecipe(recipe, ingredients);
    return { index, parent, parentText, failures: feedback ? failures : [], seed };
  });
  return (await Promise.all(items)).filter((item) => item !== undefined);
}

async function write(
  { index, parent, parentText, failures, seed }: Item,
  round: number,
  sources: Omit<InstructionSources, 'told'>,
  context: ActivityContext,
): Promise<ItemOutcome<'prompt_instructions'>> {
  const { promptOptimization: config } = context.settings;
  const values = { template: parentText, failures: describeFailures(failures) };
  const { value, error, errorMessage, calls } = await askForJson(context, {
    role: 'prompt_optimization',
    config,
    text: sources.text,
    section: 'instruction',
    values,
    schema: { name: 'instruction', schema: objectSchema({ instruction: { type: 'string' } }) },
    read: ({ instruction }) =>
      typeof instruction === 'string' && instruction.trim() !== '' ? instruction.trim() : undefined,
    refuse: (instruction) => findInstructionFault(instruction, { ...sources, told: Object.values(values) }),
    seed,
    key: `${round}:${index}`,
  });
  return {
    rows: [
      {
        round,
        instruction_idx: index,
        parent_idx: parent,
        failures: failures.length,
        instruction: value,
        error,
        error_message: errorMessage,
        model: config.model.name,
        seed,
      },
    ],
    calls,
  };
}

async function readSources(
  template: string,
  { labels, examples }: Ingredients,
  tried: Tried,
  { store, run, settings }: ActivityContext,
): Promise<Omit<InstructionSources, 'told'>> {
  const rows = await store.query(
    "select fields from base_prompts where run = $run and split = 'train' order by base_prompt_idx",
    { run: run.runId },
  );
  const inputs = rows.flatMap((row) => {
    const fields = readPromptFields(row['fields']);
    return columnsNamedIn(template).map((column) => fieldText(fieldOf(fields, column) ?? ''));
  });
  return {
    text: settings.texts.prompt_optimization_model_input,
    template,
    inputs,
    expected: [...new Set(examples.map(({ expected }) => expected))],
    labels,
    known: [...tried.values()].flatMap(({ recipe }) => recipe.instruction ?? []),
  };
}
