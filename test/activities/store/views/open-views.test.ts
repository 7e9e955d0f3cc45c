import assert from 'node:assert/strict';
import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from '../../../../activities/store/duckdb/database.ts';
import { createStore } from '../../../../activities/store/create-store.ts';
import { openBackend } from '../../../../activities/store/open-backend.ts';
import { openViews, type ViewReader } from '../../../../activities/store/views/open-views.ts';
import { StoreError } from '../../../../activities/store/store-error.ts';
import { rowOf } from '../rows.ts';
import { withTemporaryRoot } from '../temporary-root.ts';

const withViews = (work: (views: ViewReader, root: string) => Promise<void>): Promise<void> =>
  withTemporaryRoot(async (root) => {
    const store = await createStore({ root });
    await store.writeShard({ table: 'pairs', run: 'r', shard: 's' }, 'train', [
      rowOf('pairs', { base_prompt_idx: 1, pair_idx: 0, prompt: 'p', margin: 0.5 }),
    ]);
    await store.close();
    await writeFile(join(root, 'secret.txt'), 'key');
    const views = await openViews({ backend: openBackend(root) });
    try {
      await work(views, root);
    } finally {
      views.close();
    }
  });

const hasCode = (code: string) => (error: unknown) => error instanceof StoreError && error.code === code;

describe('openViews', () => {
  it('answers queries with columns, types and plain values', () =>
    withViews(async (views) => {
      assert.deepEqual(
        await views.query('select run, margin, [1, null] as list, {a: 1::bigint} as struct from pairs'),
        {
          columns: [
            { name: 'run', type: 'VARCHAR' },
            { name: 'margin', type: 'DOUBLE' },
            { name: 'list', type: 'INTEGER[]' },
            { name: 'struct', type: 'STRUCT("a" BIGINT)' },
          ],
          renamed: [],
          rows: [['r', 0.5, [1, null], { a: 1 }]],
        },
      );
      assert.deepEqual((await views.query('from pairs where run = $run', { run: 'x' })).rows, []);
    }));

  it('knows every view and can describe, summarize and explain', () =>
    withViews(async (views) => {
      const names = (await views.query('show tables')).rows.flat();
      for (const name of ['base_prompts', 'model_calls', 'scores_by_variation', 'prompts'])
        assert(names.includes(name));
      for (const sql of [
        'describe pairs',
        'summarize pairs',
        'explain from pairs',
        'with x as (from pairs) from x',
      ]) {
        assert.notEqual((await views.query(sql)).rows.length, 0, sql);
      }
    }));

  it('reads nothing outside data/ and results/', () =>
    withViews(async (views, root) => {
      const file = join(root, 'secret.txt').replaceAll("'", "''");
      for (const sql of [
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from read_csv('/etc/passwd')",
        "select * from glob('/etc/*')",
        `select * from read_text('${file}')`,
        `select * from read_text('${join(root, 'data').replaceAll("'", "''")}/../secret.txt')`,
        "select * from read_parquet('https://127.0.0.1:1/x.parquet')",
        "select getenv('HOME')",
      ]) {
        await assert.rejects(views.query(sql), hasCode('QUERY_FAILED'), sql);
      }
    }));

  it('follows no link below data/ that leads out, by its name, by a glob or as part of a table', () =>
    withTemporaryRoot(async (root) => {
      const outside = join(root, 'outside');
      const project = join(root, 'project');
      await mkdir(outside);
      await mkdir(join(project, 'data', 'mine'), { recursive: true });
      await writeFile(join(outside, 'secret.csv'), 'a\n1\n');
      await writeFile(join(project, 'data', 'mine', 'own.csv'), 'a\n2\n');
      await symlink(join(project, 'data', 'mine', 'own.csv'), join(project, 'data', 'inside.csv'));
      const own = quote(join(project, 'data', 'inside.csv'));
      const views = await openViews({ backend: openBackend(project) });
      assert.deepEqual((await views.query(`from read_csv(${own})`)).rows, [[2]]);
      await symlink(outside, join(project, 'data', 'mine', 'away'));
      for (const path of ['data/mine/away/secret.csv', 'data/*/*/*.csv', 'data/mine/**/*.csv']) {
        const file = quote(join(project, path));
        for (const query of [`from ${file}`, `from read_csv(${file})`, `select * from read_text(${file})`])
          await assert.rejects(views.query(query), hasCode('OUTSIDE_ROOT'), query);
      }
      assert.deepEqual((await views.query('select 1')).rows, [[1]]);
      views.close();
      await rename(join(project, 'data', 'mine'), join(project, 'data', 'tables'));
      await assert.rejects(openViews({ backend: openBackend(project) }), hasCode('OUTSIDE_ROOT'));
    }));

  it('reads data that lies on another disk, linked as a whole', () =>
    withTemporaryRoot(async (root) => {
      const project = join(root, 'project');
      await mkdir(project);
      await mkdir(join(root, 'disk'));
      await symlink(join(root, 'disk'), join(project, 'data'));
      const store = await createStore({ root: project });
      await store.writeShard({ table: 'pairs', run: 'r', shard: 's' }, 'train', [
        rowOf('pairs', { base_prompt_idx: 1, pair_idx: 0 }),
      ]);
      const views = await openViews({ backend: store.backend });
      assert.equal((await views.query('from pairs')).rows.length, 1);
      views.close();
      await store.close();
    }));

  it('writes nothing and changes no setting, not even where it may read', () =>
    withViews(async (views, root) => {
      const target = join(root, 'data', 'x').replaceAll("'", "''");
      for (const sql of [
        `copy (select 1) to '${target}.parquet'`,
        `explain analyze copy (select 1) to '${target}.parquet'`,
        `explain /* */ (ANALYZE) copy (select 1) to '${target}.parquet'`,
        `export database '${target}'`,
        `attach '${target}.db'`,
        'create table x as select 1',
        'drop view pairs',
        "set memory_limit = '1TB'",
        'pragma enable_profiling',
        'install httpfs',
        'load httpfs',
        'checkpoint',
        'select 1; select 2',
        '',
      ]) {
        await assert.rejects(
          views.query(sql),
          (error) => error instanceof StoreError && /^QUERY_(REFUSED|FAILED)$/.test(error.code),
          sql,
        );
      }
      assert.deepEqual((await readdir(join(root, 'data'))).toSorted(), ['raw']);
    }));

  it('says what is wrong with a query', () =>
    withViews(async (views) => {
      for (const sql of [
        'selec 1',
        'select nothing from pairs',
        'from no_such_table',
        "select 'x'::integer",
      ]) {
        await assert.rejects(views.query(sql), hasCode('QUERY_FAILED'), sql);
      }
    }));
});
