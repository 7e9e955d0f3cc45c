import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openDatabase, quote } from '../../../../activities/store/duckdb/database.ts';
import { openBackend } from '../../../../activities/store/open-backend.ts';
import { openViews } from '../../../../activities/store/views/open-views.ts';
import { shardFile } from '../../../../activities/store/paths.ts';
import { tables, type RowOf } from '../../../../activities/store/tables.ts';
import { rowOf } from '../rows.ts';
import { DERIVED_VIEWS } from '../../../../activities/store/views/derived-views.ts';
import { createViews } from '../../../../activities/store/views/views.ts';
import { withTemporaryRoot } from '../temporary-root.ts';
import { withStore } from '../with-store.ts';

const score = (
  variation: number,
  validator: number,
  criteria: Partial<RowOf<'validator_scores'>>,
): RowOf<'validator_scores'> =>
  rowOf('validator_scores', {
    base_prompt_idx: 7,
    prompt_variation_idx: variation,
    sample_idx: 0,
    validator,
    ...criteria,
  });

describe('the views of a store', () => {
  it('are empty but typed before anything is written', () =>
    withStore(async (store) => {
      for (const [table, { columns }] of Object.entries(tables)) {
        assert.deepEqual(await store.query(`from ${table}`), []);
        const described = await store.query(`select column_name, column_type from (describe ${table})`);
        assert.deepEqual(
          described.map((row) => [row['column_name'], row['column_type']]),
          [...Object.entries(columns), ['run', 'VARCHAR']],
        );
      }
      for (const view of DERIVED_VIEWS) assert.deepEqual(await store.query(`from ${view}`), []);
    }));

  it('see shards as soon as they are written, of all runs, and no longer when they are removed', () =>
    withStore(async (store, root) => {
      const count = async (): Promise<unknown> =>
        (await store.query('select count(*) as n from pairs'))[0]?.['n'];
      assert.equal(await count(), 0);
      for (const run of ['a', 'b']) {
        await store.writeShard({ table: 'pairs', run, shard: 's' }, 'train', [
          rowOf('pairs', { base_prompt_idx: 1, pair_idx: 0 }),
        ]);
      }
      assert.equal(await count(), 2);
      await rm(join(root, 'data'), { recursive: true });
      assert.equal(await count(), 0);
    }));

  it('can be asked by many at once from the start', () =>
    withStore(async (store) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => store.query('select count(*) as n from prompts')),
      );
      assert.deepEqual(new Set(answers.map(([row]) => row?.['n'])), new Set([0]));
    }));

  for (const [which, runs] of Object.entries({
    first: ['a'],
    last: ['b'],
    every: ['a', 'b'],
  })) {
    it(`give nulls for columns that ${which} file of an earlier version lacks`, () =>
      withStore(async (store, root) => {
        const database = await openDatabase(root);
        for (const run of ['a', 'b']) {
          const path = join(store.backend.localRoot, shardFile({ table: 'test_choices', run, shard: 's' }));
          await mkdir(dirname(path), { recursive: true });
          const columns = Object.keys(tables.test_choices.columns).filter(
            (name) => name !== 'seed' || !runs.includes(run),
          );
          const values = columns.map((name, index) => `${index} as ${name}`);
          await database.withConnection((connection) =>
            connection.run(`copy (select ${values.join(', ')}) to ${quote(path)} (format parquet)`),
          );
        }
        database.close();
        const sql = 'select run, seed is null as lacks_seed from test_choices order by run';
        const expected = ['a', 'b'].map((run) => ({ run, lacks_seed: runs.includes(run) }));
        assert.deepEqual(await store.query(sql), expected);
        const reader = await openViews({ backend: store.backend });
        const { rows } = await reader.query(sql);
        reader.close();
        assert.deepEqual(
          rows,
          expected.map((row) => Object.values(row)),
        );
      }));
  }

  it('are read again by all who meet such files at once, also while another is about to mend it', () =>
    withTemporaryRoot(async (root) => {
      const database = await openDatabase(root);
      const views = createViews(openBackend(root), database);
      let failures = 0;
      const failsOnce = (): (() => Promise<string>) => {
        let isFirst = true;
        return async () => {
          if (!isFirst) return 'read';
          isFirst = false;
          failures += 1;
          throw new Error(
            'If you are trying to read files with different schemas, try setting union_by_name=True',
          );
        };
      };
      const answers = await Promise.all([views.read(failsOnce()), views.read(failsOnce())]);
      database.close();
      assert.deepEqual([answers, failures], [['read', 'read'], 2]);
    }));

  it('scores_by_variation holds the three validators in order, null for a missing one', () =>
    withStore(async (store) => {
      await store.writeShard({ table: 'validator_scores', run: 'r', shard: 'v1' }, 'train', [
        score(-1, 1, { criteria_1: 1.5, criteria_5: 5 }),
        score(0, 1, { criteria_1: 2 }),
      ]);
      await store.writeShard({ table: 'validator_scores', run: 'r', shard: 'v3' }, 'train', [
        score(-1, 3, { criteria_1: 3, criteria_5: null }),
      ]);
      const rows = await store.query(
        'select run, bpv_idx, sample_idx, criteria_1, criteria_5 from scores_by_variation order by bpv_idx',
      );
      assert.deepEqual(rows, [
        {
          run: 'r',
          bpv_idx: '{"base_prompt_idx":7,"prompt_variation_idx":-1}',
          sample_idx: 0,
          criteria_1: '[1.5,null,3]',
          criteria_5: '[5,null,null]',
        },
        {
          run: 'r',
          bpv_idx: '{"base_prompt_idx":7,"prompt_variation_idx":0}',
          sample_idx: 0,
          criteria_1: '[2,null,null]',
          criteria_5: '[null,null,null]',
        },
      ]);
    }));

  it('prompts joins variations to the base prompts of their own run', () =>
    withStore(async (store) => {
      for (const run of ['a', 'b']) {
        await store.writeShard({ table: 'base_prompts', run, shard: 's' }, 'test', [
          rowOf('base_prompts', {
            base_prompt_idx: 0,
            base_prompt: `base of ${run}`,
            topic: 't',
            split: 'test',
          }),
        ]);
        await store.writeShard({ table: 'prompt_variations', run, shard: 's' }, 'test', [
          rowOf('prompt_variations', {
            base_prompt_idx: 0,
            prompt_variation_idx: 0,
            prompt_variation: `new of ${run}`,
          }),
        ]);
      }
      assert.deepEqual(
        await store.query('select run, base_prompt, prompt_variation, split from prompts order by run'),
        [
          { run: 'a', base_prompt: 'base of a', prompt_variation: 'new of a', split: 'test' },
          { run: 'b', base_prompt: 'base of b', prompt_variation: 'new of b', split: 'test' },
        ],
      );
    }));

  it('bind parameters of every type, lists among them', () =>
    withStore(async (store) => {
      const [row] = await store.query(
        `select $text as text, $whole as whole, $big as big, $part as part, $flag as flag, $none is null as none,
                list_contains($texts, 'b''x') as texts, list_contains($numbers, 2) as numbers, len($empty) as empty,
                list_contains($empty, 2) as has_number, list_contains($empty, 'a') as has_text`,
        {
          text: "o'; drop",
          whole: 3,
          big: 2 ** 40,
          part: 0.5,
          flag: true,
          none: null,
          texts: ['a', "b'x"],
          numbers: [1, 2, null],
          empty: [],
        },
      );
      assert.deepEqual(row, {
        text: "o'; drop",
        whole: 3,
        big: 2 ** 40,
        part: 0.5,
        flag: true,
        none: true,
        texts: true,
        numbers: true,
        empty: 0,
        has_number: false,
        has_text: false,
      });
      assert.equal((await store.query('select * from range(10) limit $count', { count: 4 })).length, 4);
    }));

  it('give numbers for sums, decimals and 64-bit integers while these are exact', () =>
    withStore(async (store) => {
      const [row] = await store.query(
        `select sum(range) as sum, 1.25 as decimal, 9007199254740993::bigint as big, date '2026-01-02' as day,
                'nan'::double as nan, map {'a': 1} as map from range(4)`,
      );
      assert.deepEqual(row, {
        sum: 6,
        decimal: 1.25,
        big: '9007199254740993',
        day: '2026-01-02',
        nan: 'NaN',
        map: '[["a",1]]',
      });
    }));

  it('test_results is there once a run was evaluated', () =>
    withStore(async (store, root) => {
      await assert.rejects(store.query('from test_results'));
      await store.query(`select 1`);
      const path = join(root, 'results/evaluations/run-1/test_results.parquet');
      await store.writeFile('results/evaluations/run-1/metrics.json', '{}');
      await store.query(
        `copy (select 1 as base_prompt_idx, 'ranker' as arm) to '${path.replaceAll("'", "''")}'`,
      );
      assert.deepEqual(await store.query('select arm from test_results'), [{ arm: 'ranker' }]);
    }));
});
