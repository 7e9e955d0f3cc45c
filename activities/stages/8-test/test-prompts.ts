import type { Activity, ActivityContext } from '../../activity.ts';
import type { RowOf, ShardReference } from '../../store/tables.ts';
import { runShard } from '../../inference/run-shard.ts';
import { deriveSeed } from '../../inference/seed.ts';
import { digest } from '../../store/digest.ts';
import { openVersion, type OpenedVersion } from '../../trainers/index.ts';
import { rank } from '../../trainers/rewriter.ts';
import { armsOf, control, type ArmKind } from './arms.ts';
import { rewriteHeldOut } from '../../rewriting/held-out-rewrite.ts';
import { shardSchema } from '../../schemas.ts';
import { chooseUntrained } from './untrained-arm.ts';

export interface TestPromptsInput {
  /** A shard of base_prompts of the `test` split. */
  readonly shard: ShardReference;
  /** Version of the prompt-optimization model under test. */
  readonly version: string;
  /** Whether to test, too, what is gained by spending as much without learning. Default: no. */
  readonly control?: boolean;
}

/** What the rewritings of a shard are made with. */
interface Rewriting {
  readonly basePrompts: readonly RowOf<'base_prompts'>[];
  readonly split: string;
  /** Part of the name of every shard that is made. */
  readonly name: string;
  readonly opened: OpenedVersion;
  readonly hasControl: boolean;
}

/** Stage 8: every arm's prompt for each held-out base prompt: untouched, rewritten once, best of the rewritings, and the control's. */
export const optimizeTestPrompts: Activity<TestPromptsInput, ShardReference> = {
  name: 'optimizeTestPrompts',
  description: 'Makes the prompts of every arm of the test from held-out base prompts.',
  taskQueue: 'gpu-generation',
  cacheable: 'it reads a version of a model, which may be another one next time',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['shard', 'version'],
    properties: {
      shard: shardSchema,
      version: { type: 'string', minLength: 1 },
      control: { type: 'boolean' },
    },
  },
  output: shardSchema,
  async run({ shard, version, control: hasControl = false }, context) {
    const { store, run, settings } = context;
    const rewriting: Rewriting = {
      basePrompts: await store.readRows('base_prompts', shard),
      split: shard.split,
      name: digest({ shard: shard.shard, version, hasControl, settings: run.settingsDigest }).slice(0, 16),
      opened: await openVersion(store, version),
      hasControl,
    };
    const rewrites = await store.readRows('test_rewrites', await writeRewrites(rewriting, context));
    const { rewrites: count } = settings.promptOptimization;
    const of = (basePrompt: RowOf<'base_prompts'>, isTrained: boolean): RowOf<'test_rewrites'>[] =>
      rewrites.filter(
        (row) =>
          row['base_prompt_idx'] === basePrompt['base_prompt_idx'] &&
          row['rewrite_idx'] < count === isTrained,
      );
    const choices = hasControl
      ? await store.readRows(
          'test_choices',
          await chooseUntrained(rewriting.basePrompts, (one) => of(one, false), rewriting, context),
        )
      : [];
    const rows = rewriting.basePrompts.flatMap((basePrompt) => {
      const choice = choices.find((row) => row['base_prompt_idx'] === basePrompt['base_prompt_idx']);
      return armRows(basePrompt, of(basePrompt, true), of(basePrompt, false), rewriting.opened, choice);
    });
    return store.writeShard(
      { table: 'test_prompts', run: run.runId, shard: `arms-${rewriting.name}` },
      shard.split,
      rows,
    );
  },
};

/** The trained optimizer's rewritings of each base prompt, numbered from 0, and after them as many of the control. */
async function writeRewrites(
  { basePrompts, split, name, opened, hasControl }: Rewriting,
  context: ActivityContext,
): Promise<ShardReference> {
  const config = context.settings.promptOptimization;
  const count = config.rewrites * (hasControl ? 2 : 1);
  return runShard({
    context,
    stage: 'test_rewrites',
    name: { table: 'test_rewrites', run: context.run.runId, shard: `rewrites-${name}` },
    split,
    unit: 'rewrites',
    items: basePrompts.flatMap((row) =>
      Array.from({ length: count }, (_, rewriteIdx) => ({ row, rewriteIdx })),
    ),
    concurrency: config.request.concurrency,
    keyOf: ({ row, rewriteIdx }) => `${String(row['base_prompt_idx'])}:${rewriteIdx}`,
    call: ({ row, rewriteIdx }) => {
      const basePromptIdx = row['base_prompt_idx'];
      return rewriteHeldOut(
        {
          basePromptIdx,
          basePrompt: String(row['base_prompt']),
          rewriteIdx,
          rewriter: rewriteIdx < config.rewrites ? opened.rewriter : null,
          settings: context.settings,
          seed: deriveSeed(context.run.seed, 'test_rewrites', basePromptIdx, rewriteIdx),
          key: `${basePromptIdx}:${rewriteIdx}`,
        },
        context,
      );
    },
  });
}

/** An arm of which no rewriting can be used has the untouched prompt, and says so. */
function armRows(
  basePrompt: RowOf<'base_prompts'>,
  trained: readonly RowOf<'test_rewrites'>[],
  untrained: readonly RowOf<'test_rewrites'>[],
  { trainer, rewriter }: OpenedVersion,
  choice: RowOf<'test_choices'> | undefined,
): RowOf<'test_prompts'>[] {
  const untouched = String(basePrompt['base_prompt']);
  const usable = textsOf(trained);
  const chosen = untrained.filter((row) => row['rewrite_idx'] === choice?.['rewrite_idx']);
  const promptOf: { readonly [kind in ArmKind]: string } = {
    baseline: untouched,
    rewriter: usable[0] ?? untouched,
    trained: rank(rewriter, untouched, usable)[0]?.prompt ?? untouched,
    untrained: textsOf(chosen)[0] ?? untouched,
  };
  const rewritingsOf: { readonly [kind in ArmKind]: readonly RowOf<'test_rewrites'>[] | undefined } = {
    baseline: undefined,
    rewriter: trained,
    trained,
    untrained,
  };
  return armsOf(trainer)
    .filter(({ kind }) => kind !== control || choice !== undefined)
    .map(({ kind, name, index }) => {
      const made = rewritingsOf[kind];
      return {
        base_prompt_idx: basePrompt.base_prompt_idx,
        prompt_variation_idx: index,
        prompt_variation: promptOf[kind],
        arm: name,
        error: made !== undefined && textsOf(made).length === 0 ? 'NO_REWRITE' : null,
        model: '',
        seed: 0,
      };
    });
}

function textsOf(rewrites: readonly RowOf<'test_rewrites'>[]): string[] {
  return rewrites.map((row) => row['rewrite']).filter((text) => typeof text === 'string');
}
