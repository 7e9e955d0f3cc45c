/** The control of the test: rewriting without learning, at what the trained optimizer spends. */
import type { ActivityContext } from '../../activity.ts';
import type { RowOf, ShardReference } from '../../store/tables.ts';
import { askForJson } from '../../rewriting/ask-for-json.ts';
import { runShard, type ItemOutcome } from '../../inference/run-shard.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import { createRandom, shuffle } from '../../randomness/random.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

/** A wording that the model may choose; `rewriteIdx` -1 is the untouched prompt. */
interface Wording {
  readonly rewriteIdx: number;
  readonly text: string;
}

/** Rows of `test_rewrites` that the control may choose from, by base prompt. */
export type RewritesOf = (basePrompt: RowOf<'base_prompts'>) => readonly RowOf<'test_rewrites'>[];

/**
 * Lets the model that wrote the rewritings choose one of them, or the untouched prompt, for each base prompt. Nobody who
 * scores the test has a say, so that the choice can be made wherever the prompt is used. Where it gives no answer that can be
 * used, the lot chooses, and the row has an `error`. Shard of `test_choices`.
 */
export async function chooseUntrained(
  basePrompts: readonly RowOf<'base_prompts'>[],
  rewritesOf: RewritesOf,
  shard: { readonly split: string; readonly name: string },
  context: ActivityContext,
): Promise<ShardReference> {
  return runShard({
    context,
    stage: 'test_choices',
    name: { table: 'test_choices', run: context.run.runId, shard: `choices-${shard.name}` },
    split: shard.split,
    unit: 'choices',
    items: basePrompts,
    concurrency: context.settings.promptOptimization.request.concurrency,
    keyOf: (basePrompt) => String(basePrompt['base_prompt_idx']),
    call: (basePrompt, own) => choose(basePrompt, rewritesOf(basePrompt), own),
  });
}

async function choose(
  basePrompt: RowOf<'base_prompts'>,
  rewrites: readonly RowOf<'test_rewrites'>[],
  context: ActivityContext,
): Promise<ItemOutcome<'test_choices'>> {
  const { promptOptimization: config, texts } = context.settings;
  const basePromptIdx = basePrompt['base_prompt_idx'];
  const seed = deriveSeed(context.run.seed, 'test_choices', basePromptIdx);
  // Models favour what stands first, so the order is drawn by lot.
  const wordings = shuffle(distinctWordings(String(basePrompt['base_prompt']), rewrites), createRandom(seed));
  const { value, error, errorMessage, calls } = await askForJson(context, {
    role: 'prompt_optimization',
    config,
    text: texts.prompt_optimization_model_input,
    section: 'choice',
    values: {
      base_prompt: String(basePrompt['base_prompt']),
      wordings: wordings
        .map(({ text }, index) => `<wording number="${index + 1}">\n${text}\n</wording>`)
        .join('\n'),
    },
    schema: { name: 'choice', schema: choiceSchema(wordings.length) },
    read: ({ choice }) => (typeof choice === 'number' ? wordings[choice - 1] : undefined),
    seed,
    key: String(basePromptIdx),
  });
  const row: RowOf<'test_choices'> = {
    base_prompt_idx: basePromptIdx,
    rewrite_idx: (value ?? wordings[0])?.rewriteIdx ?? -1,
    error,
    error_message: errorMessage,
    model: config.model.name,
    seed,
  };
  return { rows: [row], calls };
}

/** Each text once; where the model wrote the untouched prompt once more, that is what it stands for. */
function distinctWordings(untouched: string, rewrites: readonly RowOf<'test_rewrites'>[]): Wording[] {
  const byText = new Map<string, Wording>();
  const all = [
    { rewriteIdx: -1, text: untouched },
    ...rewrites.map((row) => ({ rewriteIdx: row['rewrite_idx'], text: row['rewrite'] })),
  ];
  for (const { rewriteIdx, text } of all) {
    if (typeof text === 'string' && !byText.has(text)) byText.set(text, { rewriteIdx, text });
  }
  return [...byText.values()];
}

function choiceSchema(count: number): { readonly [keyword: string]: unknown } {
  return objectSchema({ choice: { type: 'integer', minimum: 1, maximum: count } });
}
