import assert from 'node:assert/strict';
import { digestPanel } from '../../../activities/claims/digest-panel.ts';
import { findStandingClaim, readClaims, recordLook } from '../../../activities/claims/ledger.ts';
import { findLearnedTopics } from '../../../activities/claims/learned-prompts.ts';
import { registerTest } from '../../../activities/claims/register-test.ts';
import { findDeviation, type Registration } from '../../../activities/claims/registration.ts';
import type { ActivityContext } from '../../../activities/activity.ts';
import { promoteVersion, writeModelVersion } from '../../../activities/store/model-registry.ts';
import { withContext } from '../general/general-context.ts';

async function writePrompts(context: ActivityContext, prompts: readonly string[]): Promise<void> {
  await context.store.writeShard(
    { table: 'base_prompts', run: context.run.runId, shard: 'base' },
    'test',
    prompts.map((prompt, index) => ({
      base_prompt_idx: index,
      base_prompt: prompt,
      topic: prompt,
      split: 'test',
      source: 'file',
      fields: null,
      model: '',
      seed: 0,
    })),
  );
}

const of = (context: ActivityContext, runId: string): ActivityContext => ({
  ...context,
  run: { ...context.run, runId },
});

const input = { arm: 'challenger', challenger: 'first', looks: 3 };

/** A challenger that is registered, looked at, and not proven yet. */
async function lookOnce(context: ActivityContext): Promise<Registration> {
  const registered = await registerTest.run(input, context);
  await recordLook(context.store, registered.lineage, registered.claim, {
    run: context.run.runId,
    version: 'first',
    p: 0.1,
    outcome: 'open',
  });
  return registered;
}

describe('registerTest', () => {
  it('says before the test what is claimed, and says the same to an attempt that is made again', () =>
    withContext(async (context) => {
      await writePrompts(context, ['one', 'two']);
      const first = await registerTest.run({}, context);
      assert.deepEqual(
        [first.place, first.look, first.looks, first.champion, first.margin, first.arm],
        [1, 1, 1, '', 0, context.settings.promptOptimization.trainer],
      );
      assert.equal(first.prompts['test']?.count, 2);
      assert.deepEqual(await registerTest.run({}, context), first);
      const second = await registerTest.run({}, of(context, 'another'));
      assert.deepEqual([second.place, second.level < first.level], [2, true]);
    }));

  it('goes on with a challenger that is not proven yet, whose earlier prompts count', () =>
    withContext(async (context) => {
      const first = await lookOnce(context);
      const next = of(context, 'next');
      const looking = { champion: '', panel: digestPanel(context.settings), run: 'next' };
      const standing = findStandingClaim(await readClaims(context.store, first.lineage), looking);
      assert.equal(standing?.version, 'first');
      const again = await registerTest.run(input, next);
      assert.deepEqual(
        [again.claim, again.place, again.level, again.look, again.earlierRuns],
        [first.claim, 1, first.level, 2, [context.run.runId]],
      );
    }));

  it('opens another claim, at its own share of the budget, where other judges look than before', () =>
    withContext(async (context) => {
      const first = await lookOnce(context);
      const { settings } = context;
      const [judge, ...others] = settings.validatorModel.validators;
      assert.ok(judge);
      const validators = [{ ...judge, model: { ...judge.model, name: 'another judge' } }, ...others];
      const changed = { ...settings, validatorModel: { ...settings.validatorModel, validators } };
      const again = await registerTest.run(input, { ...of(context, 'next'), settings: changed });
      assert.deepEqual([again.claim, again.place, again.look, again.earlierRuns], ['next', 2, 1, []]);
      assert.ok(again.level < first.level);
    }));

  it('claims to beat the champion, but not one that knows simulated models only where real ones are asked', () =>
    withContext(async (context) => {
      const manifest = {
        role: 'prompt_optimization',
        version: 'reigning',
        trainer: 'ranker',
        run: 'earlier',
        settingsDigest: '',
        seed: 0,
        parents: [],
        data: {},
        simulated: true,
      } as const;
      await writeModelVersion(context.store, manifest, {});
      await promoteVersion(context.store, 'prompt_optimization', 'reigning', 'earlier');
      assert.equal((await registerTest.run({}, context)).champion, 'reigning');
      const settings: ActivityContext['settings'] = JSON.parse(
        JSON.stringify(context.settings)
          .replaceAll('"embedded"', '"http://127.0.0.1:1/v1"')
          .replaceAll('"simulated-', '"real-'),
      );
      assert.equal((await registerTest.run({}, { ...of(context, 'real'), settings })).champion, '');
    }));
});

describe('findDeviation', () => {
  const registered = { arm: 'ranker', margin: 0, prompts: { test: { count: 2, digest: 'a' } } };
  it('finds nothing in a run that is as it was registered, whatever splits came later', () => {
    const prompts = { ...registered.prompts, regression: { count: 1, digest: 'b' } };
    assert.equal(findDeviation(registered, { ...registered, prompts }), null);
  });

  it('names what is not as it was registered', () => {
    const cases = [
      [{ arm: 'dpo' }, /'dpo'/],
      [{ margin: 0.1 }, /margin/],
      [{ prompts: { test: { count: 2, digest: 'c' } } }, /split test/],
      [{ prompts: {} }, /split test/],
    ] as const;
    for (const [change, what] of cases)
      assert.match(findDeviation(registered, { ...registered, ...change }) ?? '', what);
  });
});

describe('findLearnedTopics', () => {
  it('leaves out a topic by its name and by any prompt of it, however they are spelt', () => {
    const tested = [
      { topic: 'Bread', basePrompt: 'how to bake' },
      { topic: 'chess', basePrompt: 'open well' },
      { topic: 'chess', basePrompt: 'End well ' },
      { topic: 'rain', basePrompt: 'why' },
    ];
    const learned = [{ topics: new Set(['bread']), prompts: new Set(['end well']) }];
    assert.deepEqual([...findLearnedTopics(tested, learned)], ['Bread', 'chess']);
  });
});
