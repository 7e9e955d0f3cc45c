import assert from 'node:assert/strict';
import { drawRegressionSet } from '../../../activities/continual/draw-regression-set.ts';
import { lineageOf } from '../../../activities/continual/rounds.ts';
import { rowOf } from '../store/rows.ts';
import { withContext, type GeneralContext } from '../general/general-context.ts';

describe('the rolling regression set', () => {
  /** A round of the lineage with three gate prompts, and one that was trained on. */
  async function played({ store, settings }: GeneralContext, round: number, lineage = lineageOf(settings)) {
    const run = `run/${round}`;
    const name = { run, shard: 's' };
    await store.writeShard({ table: 'rounds', ...name }, 'all', [rowOf('rounds', { round, lineage })]);
    await store.writeShard(
      { table: 'base_prompts', ...name },
      'all',
      ['gate', 'gate', 'train', 'gate'].map((split, index) =>
        rowOf('base_prompts', {
          base_prompt_idx: index,
          base_prompt: `${round}.${index}`,
          topic: `topic ${index}`,
          split,
          fields: index === 0 ? '{"a":1}' : null,
          model: 'writer',
          seed: 40 + index,
        }),
      ),
    );
  }

  const draw = async (
    context: GeneralContext,
    count: number,
    shardSize: number,
  ): Promise<readonly (readonly unknown[])[]> => {
    const { settings, store } = context;
    const sized = { ...settings, basePrompt: { ...settings.basePrompt, shardSize } };
    const { shards, count: found } = await drawRegressionSet.run(
      { count, firstIndex: 100 },
      { ...context, run: { ...context.run, runId: 'now' }, settings: sized },
    );
    const rows = await Promise.all(shards.map((shard) => store.readRows('base_prompts', shard)));
    assert.equal(rows.flat().length, found);
    return rows.map((ofShard) =>
      ofShard.map(({ base_prompt_idx: index, base_prompt: prompt }) => `${index}: ${prompt}`),
    );
  };

  it('holds the newest gate prompts of earlier rounds, numbered on, in shards of the usual size', () =>
    withContext(async (context) => {
      await played(context, 0);
      await played(context, 1);
      await played(context, 2, 'another lineage');
      assert.deepEqual(await draw(context, 5, 2), [
        ['100: 1.0', '101: 1.1'],
        ['102: 1.3', '103: 0.0'],
        ['104: 0.1'],
      ]);
      assert.deepEqual(await draw(context, 4, 2), [
        ['100: 1.0', '101: 1.1'],
        ['102: 1.3', '103: 0.0'],
      ]);
    }));

  it('keeps topic, fields, model and seed of each, and says what it is for', () =>
    withContext(async (context) => {
      await played(context, 0);
      const { shards } = await drawRegressionSet.run(
        { count: 2, firstIndex: 0 },
        { ...context, run: { ...context.run, runId: 'now' } },
      );
      const [shard] = shards;
      assert(shard);
      assert.equal(shard.split, 'regression');
      const rows = await context.store.readRows('base_prompts', shard);
      assert.deepEqual(
        rows.map(({ topic, split, fields, model, seed }) => ({ topic, split, fields, model, seed })),
        [
          { topic: 'topic 0', split: 'regression', fields: '{"a":1}', model: 'writer', seed: 40 },
          { topic: 'topic 1', split: 'regression', fields: null, model: 'writer', seed: 41 },
        ],
      );
    }));

  it('is empty where no round was before, or none is wanted', () =>
    withContext(async (context) => {
      assert.deepEqual(await draw(context, 5, 2), []);
      await played(context, 0);
      assert.deepEqual(await draw(context, 0, 2), []);
    }));
});
