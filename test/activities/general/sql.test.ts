import assert from 'node:assert/strict';
import { existsSync, symlinkSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from '../../../activities/general/sql.ts';
import { openViews } from '../../../activities/store/open-views.ts';
import { userTablePath } from '../../../activities/store/user-tables.ts';
import { hasCode, withContext } from './general-context.ts';

describe('sql', () => {
  it('returns the first hundred rows, and says when there are more', () =>
    withContext(async (context) => {
      const one = await sql.run(
        { query: 'select 1 as a, [2] as b, $run as r, $x as x', parameters: { x: 'y' } },
        context,
      );
      assert.deepEqual([one.rows, one.isTruncated], [[{ a: 1, b: [2], r: 'run/1', x: 'y' }], false]);
      const many = await sql.run({ query: 'from range(100000)' }, context);
      assert.deepEqual([many.rowCount, many.rows.length, many.isTruncated], [100, 100, true]);
    }));

  it('writes a table that later queries see, of this run and of others', () =>
    withContext(async (context) => {
      const written = await sql.run({ query: 'select 1 as a, 2 as run -- all\n;', into: 'mine' }, context);
      const path = join('data', 'tables', 'mine', 'run=run%2F1', 'part.parquet');
      assert.deepEqual(written, {
        table: 'mine',
        path,
        rowCount: 1,
        columns: [{ name: 'a', type: 'INTEGER' }],
        rows: [],
        isTruncated: false,
      });
      const other = { ...context, run: { ...context.run, runId: 'other' } };
      await sql.run({ query: "select 2 as a, 'new' as b", into: 'mine' }, other);
      const { rows } = await sql.run({ query: 'select a, b, run from mine order by a' }, context);
      assert.deepEqual(rows, [
        { a: 1, b: null, run: 'run/1' },
        { a: 2, b: 'new', run: 'other' },
      ]);
      assert.deepEqual(await context.store.query('select a from mine where run = $run', { run: 'other' }), [
        { a: 2 },
      ]);
    }));

  it('writes the same again, and parts beside one another', () =>
    withContext(async (context) => {
      for (const part of ['one', 'two', 'one'])
        await sql.run({ query: 'select $part as part', parameters: { part }, into: 'parts', part }, context);
      const { rows } = await sql.run({ query: 'select part from parts order by all' }, context);
      assert.deepEqual(rows, [{ part: 'one' }, { part: 'two' }]);
    }));

  it('reads files of the project that are named, and no others', () =>
    withContext(async (context, root) => {
      await mkdir(join(root, 'inputs'));
      await writeFile(join(root, 'inputs', 'p.csv'), 'id,name\n1,one\n2,two\n');
      await writeFile(join(root, 'inputs', 'secret.csv'), 'a\n1\n');
      symlinkSync('/etc/passwd', join(root, 'away.csv'));
      const { rows } = await sql.run(
        { query: 'select max(id) as id from p', files: { p: 'inputs/p.csv' } },
        context,
      );
      assert.deepEqual(rows, [{ id: 2 }]);
      for (const path of [join(root, 'inputs', 'secret.csv'), '/etc/passwd'])
        await assert.rejects(
          sql.run({ query: `from read_csv('${path.replaceAll("'", "''")}')` }, context),
          hasCode('QUERY_FAILED'),
        );
      for (const file of ['../x.csv', '/etc/passwd', 'away.csv', 'none.csv'])
        await assert.rejects(
          sql.run({ query: 'from f', files: { f: file } }, context),
          hasCode('BAD_FILE'),
          file,
        );
    }));

  it('refuses statements that write, and names that PROSE has itself', () =>
    withContext(async (context, root) => {
      for (const query of ["copy (select 1) to 'data/x.csv'", 'select 1; select 2', 'create table t (a int)'])
        await assert.rejects(sql.run({ query, into: 'mine' }, context), hasCode('QUERY_REFUSED'), query);
      await assert.rejects(sql.run({ query: 'selec 1', into: 'mine' }, context), hasCode('QUERY_FAILED'));
      await assert.rejects(
        sql.run({ query: "select 1) to 'data/y.csv' (format csv) --", into: 'mine' }, context),
        hasCode('QUERY_FAILED'),
      );
      for (const into of ['pairs', 'prompts', 'test_results', '../x', 'A'])
        await assert.rejects(sql.run({ query: 'select 1', into }, context), hasCode('INVALID_NAME'), into);
      assert.ok(!existsSync(join(root, 'data', 'tables')));
    }));

  it('refuses to return rows that are too large for a history', () =>
    withContext(async (context) => {
      await assert.rejects(
        sql.run({ query: "select repeat('x', 300000)" }, context),
        hasCode('RESULT_TOO_LARGE'),
      );
    }));

  it('ends a long query when it is cancelled', async () => {
    const controller = new AbortController();
    await withContext(
      async (context) => {
        const query = 'select sum(a.range * b.range) from range(1000000) a, range(1000000) b';
        setTimeout(() => controller.abort(), 300);
        await assert.rejects(sql.run({ query }, context), { name: 'AbortError' });
      },
      { signal: controller.signal },
    );
  });
});

describe("views of users' tables", () => {
  it('fail alone where a file is broken', () =>
    withContext(async (context) => {
      await context.store.writeFile(userTablePath({ table: 'broken', run: 'r', part: 'p' }), 'no parquet');
      const views = await openViews({ backend: context.store.backend });
      try {
        assert.deepEqual((await views.query('select count(*) as n from pairs')).rows, [[0]]);
        await assert.rejects(views.query('from broken'), hasCode('CORRUPT_SHARD'));
      } finally {
        views.close();
      }
    }));
});
