/**
 * The pipeline of `definitions/prose.yaml` without Temporal and without HTTP: the same activities in the same order over a
 * real store, with the embedded models called as functions. What is left out is how the work is carried, not what it is.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Activity, ActivityContext } from '../../activities/activity.ts';
import { registerTest } from '../../activities/claims/register-test.ts';
import type { Registration } from '../../activities/claims/registration.ts';
import { generateBasePrompts } from '../../activities/stages/1-base-prompts/base-prompts.ts';
import { keepBetterVariations } from '../../activities/stages/5-halving/better-variations.ts';
import { fineTuneMainModel } from '../../activities/stages/7-training/fine-tuning.ts';
import { runMainModel } from '../../activities/stages/3-main-model/main-model.ts';
import { buildPairs } from '../../activities/stages/6-pairs/pairs.ts';
import { planLessons } from '../../activities/stages/7-lessons/plan-lessons.ts';
import { testLessons } from '../../activities/stages/7-lessons/test-lessons.ts';
import { trainPromptOptimizer } from '../../activities/stages/7-training/prompt-optimizer.ts';
import { createStore } from '../../activities/store/create-store.ts';
import type { Store } from '../../activities/store/store.ts';
import type { ShardReference } from '../../activities/store/tables.ts';
import { evaluateArms, type TestOutput } from '../../activities/stages/8-test/test-framework.ts';
import { optimizeTestPrompts } from '../../activities/stages/8-test/test-prompts.ts';
import { runValidator } from '../../activities/stages/4-validators/validators.ts';
import { generateVariations } from '../../activities/stages/2-variations/variations.ts';
import type { ModelClient } from '../../activities/inference/model-client.ts';
import type { Settings } from '../../configs/settings/types.ts';
import { loadSettings } from '../../configs/load.ts';
import { defaultWorld, type World } from '../../deploy/model-server/world/world.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';
import { quietSurroundings } from '../quiet-surroundings.ts';
import { createSimulatedModels } from './simulated-models.ts';

/** As in definitions/prose.yaml. */
const LESSON_PROMPTS = 16;

export interface InProcessRun {
  readonly store: Store;
  readonly context: ActivityContext;
  readonly seed: number;
  /** Base prompts, and variations, answers and scores of those that may be learned from. */
  explore(options: ExploreOptions): Promise<void>;
  /** Pairs, training and lessons; undefined if there were too few pairs to train on. */
  learn(): Promise<{ readonly version: string; readonly leakingPairs: number } | undefined>;
  /** The same, test and verdict; undefined if there were too few pairs to train on. */
  learnAndTest(): Promise<TestOutput | undefined>;
}

export interface ExploreOptions {
  readonly basePrompts: number;
  readonly variations: number;
  readonly halving: boolean;
  /** The user's own prompts, a path inside `context.root`. Default: they are generated. */
  readonly promptsFile?: string;
}

/** As `withRunOf`, with the embedded models of a world. */
export function withRun<Result>(
  seed: number,
  world: Partial<World>,
  work: (run: InProcessRun) => Promise<Result>,
): Promise<Result> {
  return withRunOf(seed, () => createSimulatedModels({ ...defaultWorld, worldSeed: seed, ...world }), work);
}

/** Runs a piece of work on a project of its own, which is removed afterwards. */
export async function withRunOf<Result>(
  seed: number,
  modelsFor: (settings: Settings) => ModelClient,
  work: (run: InProcessRun) => Promise<Result>,
): Promise<Result> {
  const root = mkdtempSync(join(tmpdir(), 'prose-claims-'));
  const store = await createStore({ root });
  try {
    const loaded = await loadSettings(packageRoot);
    if (!loaded.ok) throw new Error('The configs are not valid.');
    // Fewer and larger shards: less to write, the same work.
    const settings = { ...loaded.value, basePrompt: { ...loaded.value.basePrompt, shardSize: 20 } };
    const settingsDigest = await store.putObject(settings);
    const context: ActivityContext = {
      run: { runId: 'run', definition: 'prose', settingsDigest, digest: 'run', seed },
      settings,
      root,
      store,
      models: modelsFor(settings),
      ...quietSurroundings(),
    };
    return await work(inProcessRun(context));
  } finally {
    await store.close();
    rmSync(root, { recursive: true, force: true });
  }
}

function inProcessRun(context: ActivityContext): InProcessRun {
  const perform = <Input, Output>(activity: Activity<Input, Output>, input: Input): Promise<Output> =>
    activity.run(input, context);
  const score = (shard: ShardReference, validators: readonly number[]): Promise<ShardReference[]> =>
    Promise.all(validators.map((validator) => perform(runValidator, { shard, validator })));
  let shards: readonly ShardReference[] = [];
  let registration: Registration;
  const teach = async (version: string): Promise<void> => {
    const plan = await perform(planLessons, { version, prompts: LESSON_PROMPTS });
    for (const shard of plan.shards) await score(await perform(runMainModel, { shard }), plan.validators);
    await perform(testLessons, { version, lessons: plan.lessons });
  };
  const learn: InProcessRun['learn'] = async () => {
    const { trainPairs, shard, leakingPairs } = await perform(buildPairs, {});
    if (trainPairs === 0) return undefined;
    const { version } = await perform(trainPromptOptimizer, { shard });
    await teach(version);
    return { version, leakingPairs };
  };
  return {
    store: context.store,
    context,
    seed: context.run.seed,
    learn,
    async explore({ basePrompts, variations, halving, promptsFile = '' }) {
      ({ shards } = await perform(generateBasePrompts, { count: basePrompts, promptsFile }));
      registration = await perform(registerTest, {});
      for (const shard of shards.filter(({ split }) => split === 'train' || split === 'select')) {
        const varied = await perform(generateVariations, { shard, count: variations });
        const answered = await perform(runMainModel, { shard: varied });
        const scores = await score(answered, halving ? [1] : [1, 2, 3]);
        if (!halving) continue;
        const kept = await perform(keepBetterVariations, { shard: varied, scores });
        await score(await perform(runMainModel, { shard: kept }), [2]);
      }
    },
    async learnAndTest() {
      const learned = await learn();
      if (learned === undefined) return undefined;
      const { version, leakingPairs } = learned;
      const fineTuning = await perform(fineTuneMainModel, {});
      for (const shard of shards.filter(({ split }) => split === 'test')) {
        const prompts = await perform(optimizeTestPrompts, { shard, version, control: true });
        await score(await perform(runMainModel, { shard: prompts }), [1, 2, 3]);
      }
      return perform(evaluateArms, { version, fineTuning, leakingPairs, registration });
    },
  };
}
