import type { Activity, ActivityContext } from './activity.ts';
import type { RankerModel } from './trainers/ranker/model.ts';
import type { Row, ShardReference } from './store/tables.ts';
import { runShard } from './inference/run-shard.ts';
import { deriveSeed } from './inference/seed.ts';
import { digest } from './store/digest.ts';
import { readModelFile } from './store/model-registry.ts';
import { parseRankerModel, rank } from './trainers/ranker/model.ts';
import { arms } from './arms.ts';
import { rewriteHeldOut } from './held-out-rewrite.ts';
import { shardSchema } from './schemas.ts';

export interface TestPromptsInput {
  /** A shard of base_prompts of the `test` split. */
  readonly shard: ShardReference;
  /** Version of the prompt-optimization model under test. */
  readonly version: string;
}

/** Stage 7: every arm's prompt for each held-out base prompt: untouched, rewritten once, best of the rewritings. */
export const optimizeTestPrompts: Activity<TestPromptsInput, ShardReference> = {
  name: 'optimizeTestPrompts',
  description: 'Makes the prompts of every arm of the test from held-out base prompts.',
  taskQueue: 'gpu-generation',
  cacheable: 'it reads a version of a model, which may be another one next time',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['shard', 'version'],
    properties: { shard: shardSchema, version: { type: 'string', minLength: 1 } },
  },
  output: shardSchema,
  async run({ shard, version }, context) {
    const { store, run } = context;
    const model = parseRankerModel(await readModelFile(store, 'prompt_optimization', version, 'model.json'));
    const basePrompts = await store.readShard(shard);
    const name = digest({ shard: shard.shard, version, settings: run.settingsDigest }).slice(0, 16);
    const rewrites = await store.readShard(await writeRewrites(basePrompts, shard, name, model, context));
    const rows = basePrompts.flatMap((basePrompt) => {
      const own = rewrites.filter((row) => row['base_prompt_idx'] === basePrompt['base_prompt_idx']);
      return armRows(basePrompt, own, model);
    });
    return store.writeShard(
      { table: 'test_prompts', run: run.runId, shard: `arms-${name}` },
      shard.split,
      rows,
    );
  },
};

async function writeRewrites(
  basePrompts: readonly Row[],
  shard: ShardReference,
  name: string,
  model: RankerModel,
  context: ActivityContext,
): Promise<ShardReference> {
  const config = context.settings.promptOptimization;
  return runShard({
    context,
    stage: 'test_rewrites',
    name: { table: 'test_rewrites', run: context.run.runId, shard: `rewrites-${name}` },
    split: shard.split,
    unit: 'rewrites',
    items: basePrompts.flatMap((row) =>
      Array.from({ length: config.rewrites }, (_, rewriteIdx) => ({ row, rewriteIdx })),
    ),
    concurrency: config.request.concurrency,
    keyOf: ({ row, rewriteIdx }) => `${String(row['base_prompt_idx'])}:${rewriteIdx}`,
    call: ({ row, rewriteIdx }) => {
      const basePromptIdx = Number(row['base_prompt_idx']);
      return rewriteHeldOut(
        {
          basePromptIdx,
          basePrompt: String(row['base_prompt']),
          rewriteIdx,
          model,
          settings: context.settings,
          seed: deriveSeed(context.run.seed, 'test_rewrites', basePromptIdx, rewriteIdx),
          key: `${basePromptIdx}:${rewriteIdx}`,
        },
        context,
      );
    },
  });
}

function armRows(basePrompt: Row, rewrites: readonly Row[], model: RankerModel): Row[] {
  const untouched = String(basePrompt['base_prompt']);
  const usable = rewrites.map((row) => row['rewrite']).filter((text) => typeof text === 'string');
  const promptOf = {
    baseline: untouched,
    rewriter: usable[0] ?? untouched,
    ranker: rank(model, untouched, usable)[0]?.prompt ?? untouched,
  };
  return arms.map(({ name, index }) => ({
    base_prompt_idx: basePrompt['base_prompt_idx'] ?? null,
    prompt_variation_idx: index,
    prompt_variation: promptOf[name],
    arm: name,
    error: name !== 'baseline' && usable.length === 0 ? 'NO_REWRITE' : null,
    model: '',
    seed: 0,
  }));
}
