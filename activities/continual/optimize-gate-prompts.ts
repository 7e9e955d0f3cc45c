import type { Settings } from '../../configs/settings/types.ts';
import type { Activity, ActivityContext } from '../activity.ts';
import type { RowOf, ShardReference } from '../store/tables.ts';
import { openOptimizer } from '../rewriting/open-optimizer.ts';
import { settingsOfVersion } from '../rewriting/champion-settings.ts';
import { rewriteHeldOut } from '../rewriting/held-out-rewrite.ts';
import { readPromptFields } from '../imports/prompt-fields.ts';
import { runShard } from '../inference/run-shard.ts';
import { deriveSeed } from '../randomness/seed.ts';
import { shardSchema } from '../schemas.ts';
import { digest } from '../store/digest.ts';
import { rank, type Rewriter } from '../trainers/rewriter.ts';
import { contenders } from './contenders.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';

export interface GatePromptsInput {
  /** A shard of base_prompts that neither has learned from. */
  readonly shard: ShardReference;
  /** Version of the round's new optimizer. */
  readonly challenger: string;
  /** Version of the promoted one; empty = there is none yet. */
  readonly champion: string;
}

interface Optimizer {
  readonly name: 'champion' | 'challenger';
  readonly version: string;
  readonly rewriter: Rewriter;
  readonly settings: Settings;
}

/** The prompts of champion, challenger and baseline for the gate: both optimizers afresh, with equally many rewritings. */
export const optimizeGatePrompts: Activity<GatePromptsInput, ShardReference> = {
  name: 'optimizeGatePrompts',
  description: 'Lets champion and challenger optimize the prompts of the gate, with equally many rewritings.',
  taskQueue: 'gpu-generation',
  input: objectSchema({
    shard: shardSchema,
    challenger: { type: 'string', minLength: 1 },
    champion: { type: 'string' },
  }),
  output: shardSchema,
  async run({ shard, challenger, champion }, context) {
    const { store, run } = context;
    const optimizers = await Promise.all([
      ...(champion === '' ? [] : [loadOptimizer('champion', champion, context)]),
      loadOptimizer('challenger', challenger, context),
    ]);
    const basePrompts = await store.readRows('base_prompts', shard);
    const name = digest({ shard: shard.shard, challenger, champion, settings: run.settingsDigest }).slice(
      0,
      16,
    );
    const rewrites = await store.readRows(
      'test_rewrites',
      await writeRewrites(basePrompts, shard, name, optimizers, context),
    );
    const rows = basePrompts.flatMap((basePrompt) => promptRows(basePrompt, rewrites, optimizers, context));
    return store.writeShard(
      { table: 'test_prompts', run: run.runId, shard: `gate-${name}` },
      shard.split,
      rows,
    );
  },
};

async function loadOptimizer(
  name: Optimizer['name'],
  version: string,
  context: ActivityContext,
): Promise<Optimizer> {
  const own = await settingsOfVersion(context.store, 'prompt_optimization', version, context.settings);
  const { rewriter, settings } = await openOptimizer(context, version, own);
  return { name, version, rewriter, settings };
}

/** A rewriting's number: those of the champion come first. */
function rewriteIndex({ name }: Optimizer, index: number, { settings }: ActivityContext): number {
  return contenders[name].index * settings.promptOptimization.rewrites + index;
}

async function writeRewrites(
  basePrompts: readonly RowOf<'base_prompts'>[],
  shard: ShardReference,
  name: string,
  optimizers: readonly Optimizer[],
  context: ActivityContext,
): Promise<ShardReference> {
  const config = context.settings.promptOptimization;
  return runShard({
    context,
    stage: 'test_rewrites',
    name: { table: 'test_rewrites', run: context.run.runId, shard: `gate-rewrites-${name}` },
    split: shard.split,
    unit: 'rewrites',
    items: basePrompts.flatMap((row) => {
      const fields = readPromptFields(row['fields']);
      return optimizers.flatMap((optimizer) =>
        Array.from({ length: config.rewrites }, (_, index) => ({ row, fields, optimizer, index })),
      );
    }),
    concurrency: config.request.concurrency,
    keyOf: ({ row, optimizer, index }) => `${String(row['base_prompt_idx'])}:${optimizer.name}:${index}`,
    call: ({ row, fields, optimizer, index }, own) => {
      const basePromptIdx = row['base_prompt_idx'];
      return rewriteHeldOut(
        {
          basePromptIdx,
          basePrompt: String(row['base_prompt']),
          fields,
          rewriteIdx: rewriteIndex(optimizer, index, context),
          index,
          rewriter: optimizer.rewriter,
          settings: optimizer.settings,
          seed: deriveSeed(context.run.seed, 'gate_rewrites', basePromptIdx, optimizer.name, index),
          key: `${basePromptIdx}:${optimizer.name}:${index}`,
        },
        own,
      );
    },
  });
}

function promptRows(
  basePrompt: RowOf<'base_prompts'>,
  rewrites: readonly RowOf<'test_rewrites'>[],
  optimizers: readonly Optimizer[],
  context: ActivityContext,
): RowOf<'test_prompts'>[] {
  const untouched = String(basePrompt['base_prompt']);
  const fields = readPromptFields(basePrompt['fields']);
  const { rewrites: count } = context.settings.promptOptimization;
  const row = (
    arm: keyof typeof contenders,
    prompt: string,
    error: string | null,
  ): RowOf<'test_prompts'> => ({
    base_prompt_idx: basePrompt.base_prompt_idx,
    prompt_variation_idx: contenders[arm].index,
    prompt_variation: prompt,
    arm,
    adapter: null,
    error,
    model: '',
    seed: 0,
  });
  const optimized = optimizers.map((optimizer) => {
    const first = rewriteIndex(optimizer, 0, context);
    const usable = rewrites
      .filter((one) => one['base_prompt_idx'] === basePrompt['base_prompt_idx'])
      .filter((one) => one['rewrite_idx'] >= first && one['rewrite_idx'] < first + count)
      .map((one) => one['rewrite'])
      .filter((text) => typeof text === 'string');
    const best = rank(optimizer.rewriter, untouched, usable, fields)[0]?.prompt ?? untouched;
    return row(optimizer.name, best, usable.length === 0 ? 'NO_REWRITE' : null);
  });
  return [row('baseline', untouched, null), ...optimized];
}
