import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActivityContext } from '../../../../activities/activity.ts';
import { promoteVersion, readManifest, versionFiles } from '../../../../activities/store/model-registry.ts';
import { buildPairs } from '../../../../activities/stages/6-pairs/pairs.ts';
import { fineTuneMainModel } from '../../../../activities/stages/7-training/fine-tuning.ts';
import { trainPromptOptimizer } from '../../../../activities/stages/7-training/prompt-optimizer.ts';
import { withRun } from '../../../../bench/claims/in-process.ts';
import { playTrainer } from '../../../support/played-trainer.ts';

describe('a training that is to start from the champion', function () {
  this.timeout(120_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prose-parents-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('goes on from its weights once there is one, and names it as its parent; else it begins with the seed model', () =>
    withRun(5, {}, async (run) => {
      const { store } = run.context;
      await run.explore({ basePrompts: 24, variations: 4, halving: false });
      const { shard } = await buildPairs.run({}, run.context);
      const ranked = await trainPromptOptimizer.run({ shard }, run.context);
      const python = await playTrainer(folder);
      const section = { model_name_or_path: 'ends well', start_from: 'champion' };
      const { settings } = run.context;
      const context: ActivityContext = {
        ...run.context,
        environment: (name) => (name === 'PROSE_TRAINER_PYTHON' ? python : process.env[name]),
        settings: {
          ...settings,
          promptOptimization: Object.assign(
            { ...settings.promptOptimization, trainer: 'dpo' },
            { dpo: section },
          ),
          fineTuning: Object.assign({ trainer: 'sft', minScore: 1, maxPerPrompt: 2 }, { sft: section }),
        },
      };
      for (const [role, train] of [
        ['prompt_optimization', () => trainPromptOptimizer.run({ shard }, context)],
        ['main_model', () => fineTuneMainModel.run({}, context)],
      ] as const) {
        // The ranker has no weights to go on from.
        if (role === 'prompt_optimization') await promoteVersion(store, role, ranked.version, 'r');
        const first = (await train()).version;
        assert.deepEqual((await readManifest(store, role, first)).parents, []);
        await promoteVersion(store, role, first, 'r');
        const second = (await train()).version;
        assert.notEqual(second, first);
        assert.deepEqual((await readManifest(store, role, second)).parents, [first]);
        const asked = JSON.parse((await versionFiles(store, role, second).read('asked.json')) ?? '{}');
        assert.equal(asked.parent, await versionFiles(store, role, first).folder());
      }
    }));
});
