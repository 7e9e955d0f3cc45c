import assert from 'node:assert/strict';
import { planLessons } from '../../../../activities/stages/7-lessons/plan-lessons.ts';
import { testLessons } from '../../../../activities/stages/7-lessons/test-lessons.ts';
import { buildPairs } from '../../../../activities/stages/6-pairs/pairs.ts';
import { runMainModel } from '../../../../activities/stages/3-main-model/main-model.ts';
import { runValidator } from '../../../../activities/stages/4-validators/validators.ts';
import { trainPromptOptimizer } from '../../../../activities/stages/7-training/prompt-optimizer.ts';
import { openVersion } from '../../../../activities/trainers/index.ts';
import { withRun } from '../../../../bench/claims/in-process.ts';

describe('lessons of a trained version', function () {
  this.timeout(120_000);

  it('are tried on training prompts by those that learning may hear, and the version then teaches what was found', () =>
    withRun(5, {}, async (run) => {
      const { context } = run;
      const { store } = context;
      await run.explore({ basePrompts: 24, variations: 4, halving: true });
      const { shard } = await buildPairs.run({}, context);
      const { version } = await trainPromptOptimizer.run({ shard }, context);
      const untried = await openVersion(store, version);
      assert.equal(untried.tested, null);

      const plan = await planLessons.run({ version, prompts: 6 }, context);
      assert.deepEqual(plan.validators, [1, 2]);
      const prompts = await store.query('from lesson_prompts');
      const splits = await store.query(
        'select distinct split from base_prompts where base_prompt_idx in (select base_prompt_idx from lesson_prompts)',
      );
      assert.deepEqual(splits, [{ split: 'train' }]);
      assert.equal(prompts.length, 6 * (2 + plan.lessons));
      assert.ok(prompts.every((row) => row['lesson'] !== null || Number(row['prompt_variation_idx']) < 0));
      for (const one of plan.shards) {
        const answers = await runMainModel.run({ shard: one }, context);
        for (const validator of plan.validators)
          await runValidator.run({ shard: answers, validator }, context);
      }
      assert.equal((await store.query('from lesson_scores where validator = 3')).length, 0);

      const { tried, taught } = await testLessons.run({ version, lessons: plan.lessons }, context);
      assert.equal(tried, plan.lessons);
      const { tested, rewriter } = await openVersion(store, version);
      assert.deepEqual(rewriter.lessons, taught);
      assert.equal(tested?.length, tried);
      const question = rewriter.ask('What is rain?', context.settings);
      const asked = 'values' in question ? (question.values['lessons'] ?? '') : '';
      for (const lesson of taught) assert.ok(asked.includes(lesson));
    }));

  it('are those of the training where none is to be tried', () =>
    withRun(5, {}, async (run) => {
      const { context } = run;
      await run.explore({ basePrompts: 16, variations: 2, halving: true });
      const { shard } = await buildPairs.run({}, context);
      const { version } = await trainPromptOptimizer.run({ shard }, context);
      const plan = await planLessons.run({ version, prompts: 0 }, context);
      assert.deepEqual([plan.shards, plan.lessons], [[], 0]);
      await testLessons.run({ version, lessons: 0 }, context);
      assert.equal((await openVersion(context.store, version)).tested, null);
    }));
});
