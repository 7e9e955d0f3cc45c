import assert from 'node:assert/strict';
import { listShards } from '../../../activities/general/list-shards.ts';
import { rowOf } from '../store/rows.ts';
import { withContext } from './general-context.ts';

describe('listShards', () => {
  it('lists what is committed of this run or of another, by name and split', () =>
    withContext(async (context) => {
      const { store } = context;
      const write = (run: string, shard: string, split: string): Promise<unknown> =>
        store.writeShard({ table: 'base_prompts', run, shard }, split, [
          rowOf('base_prompts', { base_prompt_idx: 1 }),
        ]);
      await write(context.run.runId, 'b', 'test');
      await write(context.run.runId, 'a', 'train');
      await write('other', 'c', 'test');
      const names = async (input: Parameters<typeof listShards.run>[0]): Promise<string[]> =>
        (await listShards.run(input, context)).shards.map(({ shard }) => shard);
      assert.deepEqual(await names({ table: 'base_prompts' }), ['a', 'b']);
      assert.deepEqual(await names({ table: 'base_prompts', split: 'test' }), ['b']);
      assert.deepEqual(await names({ table: 'base_prompts', run: 'other' }), ['c']);
      const none = await listShards.run({ table: 'pairs', run: 'nobody' }, context);
      assert.deepEqual(none, { shards: [], count: 0, rowCount: 0 });
    }));
});
