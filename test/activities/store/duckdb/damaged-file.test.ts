import assert from 'node:assert/strict';
import { join } from 'node:path';
import { open, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { openViews } from '../../../../activities/store/views/open-views.ts';
import { shardFile } from '../../../../activities/store/paths.ts';
import type { Store } from '../../../../activities/store/store.ts';
import { StoreError } from '../../../../activities/store/store-error.ts';
import { rowOf } from '../rows.ts';
import { withStore } from '../with-store.ts';

const names = (path: string) => (error: unknown) =>
  error instanceof StoreError && error.code === 'CORRUPT_SHARD' && error.message.includes(path);

/** Two runs of variations and their scores; the path of one shard of scores. */
async function writeRuns(store: Store): Promise<string> {
  for (const run of ['a', 'b']) {
    await store.writeShard({ table: 'pairs', run, shard: 's' }, 'train', [
      rowOf('pairs', { base_prompt_idx: 1, pair_idx: 0 }),
    ]);
    const rows = Array.from({ length: 500 }, (_, index) =>
      rowOf('validator_scores', {
        base_prompt_idx: index,
        prompt_variation_idx: 0,
        sample_idx: 0,
        validator: 1,
        criteria_1: (index * 7919) % 101,
        reason: `because ${(index * 7919) % 1009}`,
      }),
    );
    await store.writeShard({ table: 'validator_scores', run, shard: 's' }, 'train', rows);
  }
  return join(store.backend.localRoot, shardFile({ table: 'validator_scores', run: 'b', shard: 's' }));
}

const damages: { readonly [what: string]: (path: string) => Promise<void> } = {
  'was cut': async (path) => truncate(path, (await stat(path)).size - 100),
  'is empty': (path) => truncate(path, 0),
  'is something else': (path) => writeFile(path, 'no Parquet at all'),
  'is spoilt inside': async (path) => {
    const file = await open(path, 'r+');
    const length = (await stat(path)).size;
    await file.write(Buffer.alloc(Math.floor(length / 2), 0xa5), 0, undefined, 8);
    await file.close();
  },
};

describe('a damaged shard', () => {
  for (const [what, damage] of Object.entries(damages)) {
    it(`that ${what} is named to who asks for its table, and keeps nobody from the others`, () =>
      withStore(async (store) => {
        const path = await writeRuns(store);
        await damage(path);
        const views = await openViews({ backend: store.backend });
        try {
          const all =
            'select sum(criteria_1), max(reason), max(validator), max(base_prompt_idx) from validator_scores';
          for (const reader of [store, views]) {
            await assert.rejects(reader.query(all), names(path));
            await assert.rejects(reader.query('from scores_by_variation'), names(path));
            await assert.rejects(reader.exportQuery(all, {}, 'results/all.parquet'), names(path));
            await reader.query('from pairs');
            await reader.query('from prompts');
          }
          await rm(path);
          assert.deepEqual(await store.query('select count(*)::integer as n from validator_scores'), [
            { n: 500 },
          ]);
          assert.equal((await views.query('from scores_by_variation')).rows.length, 500);
        } finally {
          views.close();
        }
      }));
  }

  it('that is cut while the views are open is named too', () =>
    withStore(async (store) => {
      const path = await writeRuns(store);
      assert.equal((await store.query('from validator_scores')).length, 1_000);
      await truncate(path, 100);
      await assert.rejects(store.query('from validator_scores'), names(path));
      await rm(path);
      assert.equal((await store.query('from validator_scores')).length, 500);
    }));
});
