import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from '../../../activities/general/sql.ts';
import { listDeep } from '../../../activities/store/backend.ts';
import { openViews } from '../../../activities/store/views/open-views.ts';
import { userTablePath } from '../../../activities/store/user-tables/user-tables.ts';
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

  it('never replaces what another task of the run wrote, also of two at once, and lets a retry write its own again', () =>
    withContext(async (context) => {
      const write = (task: string) =>
        sql.run({ query: 'select $task as task', parameters: { task }, into: 'rows' }, { ...context, task });
      const tasks = Array.from({ length: 4 }, (_, index) => `each[${index}]`);
      const ended = await Promise.allSettled(tasks.map(write));
      const place = ended.findIndex(({ status }) => status === 'fulfilled');
      const owner = tasks[place] ?? '';
      assert.equal(ended.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const task of tasks.filter((one) => one !== owner))
        await assert.rejects(
          write(task),
          (error) =>
            hasCode('PART_TAKEN')(error) && String(error).includes(task) && String(error).includes(owner),
        );
      await write(owner);
      const { rows } = await sql.run({ query: 'select task from rows' }, context);
      assert.deepEqual(rows, [{ task: owner }]);
      const other = { ...context, run: { ...context.run, runId: 'other' } };
      await sql.run({ query: 'select 1 as task', into: 'rows' }, { ...other, task: 'else' });
    }));

  it('leaves the part of a task that failed to one that steps in', () =>
    withContext(async (context) => {
      const failed = sql.run({ query: "select error('no')", into: 'rows' }, { ...context, task: 'first' });
      await assert.rejects(failed, hasCode('QUERY_FAILED'));
      await sql.run({ query: 'select 1 as a', into: 'rows' }, { ...context, task: 'second' });
      const again = sql.run({ query: 'select 2 as a', into: 'rows' }, { ...context, task: 'first' });
      await assert.rejects(again, hasCode('PART_TAKEN'));
    }));

  it('reads the file that a query names, also once there is a table of that name', () =>
    withContext(async (context, root) => {
      await writeFile(join(root, 'rows.csv'), 'a\n1\n2\n');
      for (const runId of ['r1', 'r2', 'r3']) {
        const of = { ...context, run: { ...context.run, runId } };
        const { rowCount } = await sql.run(
          { query: 'select a + 1 as a from rows', files: { rows: 'rows.csv' }, into: 'rows' },
          of,
        );
        assert.equal(rowCount, 2);
      }
      const query = 'select count(*)::integer as n, min(a)::integer as least from rows';
      assert.deepEqual((await sql.run({ query }, context)).rows, [{ n: 6, least: 2 }]);
      const named = await sql.run(
        { query: 'select count(*)::integer as n from pairs', files: { pairs: 'rows.csv' } },
        context,
      );
      assert.deepEqual(named.rows, [{ n: 2 }]);
    }));

  it('keeps columns of one name apart, as a table of them does', () =>
    withContext(async (context) => {
      const query = "select 1 as v, 'left' as v, 'third' as V, 4 as v_1";
      const { rows, columns } = await sql.run({ query }, context);
      assert.deepEqual(rows, [{ v: 1, v_1: 'left', V_2: 'third', v_1_1: 4 }]);
      const written = await sql.run({ query, into: 'apart' }, context);
      assert.deepEqual(columns, written.columns);
    }));

  it('keeps integers exactly, or refuses them', () =>
    withContext(async (context) => {
      const query =
        'select sum(x)::hugeint as sum, [sum(x)] as list from (values (9007199254740993::bigint), (2)) t(x)';
      const { columns } = await sql.run({ query, into: 'sums' }, context);
      assert.deepEqual(columns, [
        { name: 'sum', type: 'BIGINT' },
        { name: 'list', type: 'BIGINT[]' },
      ]);
      const digits = '9007199254740995';
      const { rows } = await sql.run(
        { query: 'select sum, list, 0.1 as tenth, 12345678901234567.89 as wide from sums' },
        context,
      );
      assert.deepEqual(rows, [{ sum: digits, list: [digits], tenth: 0.1, wide: '12345678901234567.89' }]);
      const tooLarge = {
        query: 'select 170141183460469231731687303715884105727::hugeint as x',
        into: 'large',
      };
      await assert.rejects(sql.run(tooLarge, context), hasCode('QUERY_FAILED'));
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
    withContext(async (context) => {
      for (const query of ["copy (select 1) to 'data/x.csv'", 'select 1; select 2', 'create table t (a int)'])
        await assert.rejects(sql.run({ query, into: 'mine' }, context), hasCode('QUERY_REFUSED'), query);
      await assert.rejects(sql.run({ query: 'selec 1', into: 'mine' }, context), hasCode('QUERY_FAILED'));
      await assert.rejects(
        sql.run({ query: "select 1) to 'data/y.csv' (format csv) --", into: 'mine' }, context),
        hasCode('QUERY_FAILED'),
      );
      for (const into of ['pairs', 'prompts', 'test_results', '../x', 'A'])
        await assert.rejects(sql.run({ query: 'select 1', into }, context), hasCode('INVALID_NAME'), into);
      assert.deepEqual(await listDeep(context.store.backend, 'data/tables'), []);
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
