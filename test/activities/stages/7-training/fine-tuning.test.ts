import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActivityContext } from '../../../../activities/activity.ts';
import { readManifest, versionFiles } from '../../../../activities/store/model-registry.ts';
import { generateBasePrompts } from '../../../../activities/stages/1-base-prompts/base-prompts.ts';
import { runMainModel } from '../../../../activities/stages/3-main-model/main-model.ts';
import { buildPairs } from '../../../../activities/stages/6-pairs/pairs.ts';
import { fineTuneMainModel } from '../../../../activities/stages/7-training/fine-tuning.ts';
import { trainPromptOptimizer } from '../../../../activities/stages/7-training/prompt-optimizer.ts';
import { optimizeTestPrompts } from '../../../../activities/stages/8-test/test-prompts.ts';
import { withRun } from '../../../../bench/claims/in-process.ts';
import { playTrainer } from '../../../support/played-trainer.ts';

/** The same run with a trainer of weights for the main model, which is played. */
function withTrainer(
  context: ActivityContext,
  python: string,
  trainer: 'sft' | 'dpo',
  model: string,
): ActivityContext {
  return {
    ...context,
    environment: (name) => (name === 'PROSE_TRAINER_PYTHON' ? python : process.env[name]),
    settings: {
      ...context.settings,
      fineTuning: {
        trainer,
        minScore: 1,
        maxPerPrompt: 2,
        [trainer]: { model_name_or_path: model },
      },
    },
  };
}

describe('the fine-tuning of the main model', function () {
  this.timeout(120_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prose-tuning-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('learns from the best answers to training prompts alone, and its version answers in arms of its own', () =>
    withRun(5, {}, async (run) => {
      const { context } = run;
      const { store } = context;
      await run.explore({ basePrompts: 24, variations: 4, halving: false });
      const { shard: pairs } = await buildPairs.run({}, context);
      const { version } = await trainPromptOptimizer.run({ shard: pairs }, context);
      const tuning = withTrainer(context, await playTrainer(folder), 'dpo', 'ends well');
      const made = await fineTuneMainModel.run({}, tuning);
      assert.equal(made.trained, true);
      assert.equal(made.reason, '');
      const manifest = await readManifest(store, 'main_model', made.version);
      assert.deepEqual([manifest.trainer, manifest.simulated], ['dpo', true]);

      const files = versionFiles(store, 'main_model', made.version);
      const asked = JSON.parse(await readFile(join(await files.folder(), 'asked.json'), 'utf8'));
      const prompts = new Map(
        (await store.query('select base_prompt, split from base_prompts')).map((row) => [
          row['base_prompt'],
          row['split'],
        ]),
      );
      assert.ok(asked.learned.length > 0);
      for (const { prompt, chosen, rejected } of asked.learned) {
        assert.equal(prompts.get(prompt.at(-1).content), 'train');
        assert.notEqual(chosen[0].content, rejected[0].content);
      }
      // Asked for once more, it is there.
      assert.deepEqual(
        await fineTuneMainModel.run({}, withTrainer(context, '/nowhere', 'dpo', 'ends well')),
        made,
      );

      const { shards } = await generateBasePrompts.run({ count: 24, promptsFile: '' }, context);
      const [test] = shards.filter(({ split }) => split === 'test');
      assert.ok(test);
      const arms = await optimizeTestPrompts.run({ shard: test, version, tuned: made.version }, context);
      const loaded: string[] = [];
      const answered = await runMainModel
        .run(
          { shard: arms },
          {
            ...tuning,
            models: {
              ...context.models,
              chat: (call) => {
                const name = call.config.model.name;
                if (name === `main_model-${made.version}`) loaded.push(name);
                return context.models.chat({
                  ...call,
                  config: { ...call.config, model: context.settings.mainModel.model },
                });
              },
              adapters: {
                load: async (_, adapter) => void loaded.push(`load ${adapter.name}`),
                unload: async () => {},
                list: async () => [],
              },
            },
          },
        )
        .catch((error: unknown) => error);
      // A server that answers as if it had no adapter is found out by the version's own probes.
      assert.equal((answered as { code?: string }).code, 'WRONG_ADAPTER');
      assert.equal(loaded[0], `load main_model-${made.version}`);
      const rows = await store.query(
        'select arm, adapter, count(*)::integer as n from test_prompts group by all',
      );
      for (const arm of ['tuned', 'both'])
        assert.ok(rows.some((row) => row['arm'] === arm && row['adapter'] === made.version));
      assert.ok(
        rows
          .filter((row) => row['adapter'] === null)
          .every((row) => !['tuned', 'both'].includes(String(row['arm']))),
      );
    }));

  it('makes the training set alone where that can teach nothing, and says why', () =>
    withRun(5, {}, async (run) => {
      await run.explore({ basePrompts: 24, variations: 2, halving: false });
      const { settings } = run.context;
      const nothing = withTrainer(run.context, await playTrainer(folder), 'sft', 'ends well');
      const made = await fineTuneMainModel.run(
        {},
        {
          ...nothing,
          settings: { ...nothing.settings, fineTuning: { ...nothing.settings.fineTuning, minScore: 5 } },
        },
      );
      assert.equal(settings.fineTuning.trainer, 'none');
      assert.equal(made.trained, false);
      assert.match(made.reason, /cannot teach anything/);
      assert.equal((await readManifest(run.context.store, 'main_model', made.version)).trainer, 'none');
    }));
});
