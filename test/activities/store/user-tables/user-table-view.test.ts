import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sql } from '../../../../activities/general/sql.ts';
import { castExactly, widestType } from '../../../../activities/store/user-tables/column-types.ts';
import { openViews } from '../../../../activities/store/views/open-views.ts';
import { hasCode, withContext, type GeneralContext } from '../../general/general-context.ts';

/** Writes a table of one column by runs that each have another value, and so another type, in it. */
async function writeRuns(context: GeneralContext, values: { readonly [run: string]: string }): Promise<void> {
  for (const [runId, value] of Object.entries(values)) {
    const run = { ...context.run, runId };
    await sql.run({ query: `select ${value} as v, '${runId}' as who`, into: 'mine' }, { ...context, run });
  }
}

const ask = async (context: GeneralContext, runId: string, query: string) =>
  (await sql.run({ query }, { ...context, run: { ...context.run, runId } })).rows;

describe('a column whose type differs by run', () => {
  it('has for each run the type that the run gave it', () =>
    withContext(async (context) => {
      await writeRuns(context, { a: '1', b: "'x'", c: '[1.5]', d: 'null' });
      assert.deepEqual(await ask(context, 'a', 'select sum(v)::integer as sum from mine where run = $run'), [
        { sum: 1 },
      ]);
      assert.deepEqual(await ask(context, 'b', "select v || '!' as v from mine where run = $run"), [
        { v: 'x!' },
      ]);
      assert.deepEqual(await ask(context, 'c', 'select v[1] as v from mine where run = $run'), [{ v: 1.5 }]);
      assert.deepEqual(await ask(context, 'd', 'select v, who from mine where run = $run'), [
        { v: null, who: 'd' },
      ]);
      for (const run of ['a', 'b', 'c', 'd', 'none'])
        assert.deepEqual(
          await ask(context, run, 'select who, v from mine order by who'),
          [
            { who: 'a', v: '1' },
            { who: 'b', v: 'x' },
            { who: 'c', v: '[1.5]' },
            { who: 'd', v: null },
          ],
          run,
        );
      const sum = await ask(context, 'later', "select sum(v)::integer as sum from mine where run = 'a'");
      assert.deepEqual(sum, [{ sum: 1 }]);
    }));

  it('becomes a wider number, or a text, where no run is asked for, and the types are said where no form suits', () =>
    withContext(async (context) => {
      await writeRuns(context, { a: '1', b: '9007199254740993::bigint', c: "'x'" });
      const views = await openViews({ backend: context.store.backend });
      const { rows } = await views.query('select v from mine order by who');
      assert.deepEqual(rows, [['1'], ['9007199254740993'], ['x']]);
      assert.deepEqual((await views.query("select sum(v) from mine where run = 'b'")).rows, [
        ['9007199254740993'],
      ]);
      await assert.rejects(views.query('select sum(v) from mine'), (error) => {
        assert.match(String(error), /'v' of 'mine' \(INTEGER, BIGINT, VARCHAR\)/);
        return hasCode('QUERY_FAILED')(error);
      });
      views.close();
    }));

  it('never changes a number: one that the other type cannot hold is said', () =>
    withContext(async (context) => {
      await writeRuns(context, { a: '9007199254740993::bigint', b: '0.5::double', c: '7' });
      assert.deepEqual(await ask(context, 'b', "select sum(v) as v from mine where who <> 'a'"), [
        { v: 7.5 },
      ]);
      assert.deepEqual(await ask(context, 'a', 'select v from mine where run = $run'), [
        { v: '9007199254740993' },
      ]);
      await assert.rejects(ask(context, 'b', 'select sum(v) as v from mine'), hasCode('QUERY_FAILED'));
    }));

  it('is united where it is a struct whose fields differ', () =>
    withContext(async (context) => {
      await writeRuns(context, { a: '{x: 1}', b: "{x: 2, y: 'two'}" });
      assert.deepEqual(await ask(context, 'c', 'select v.x as x, v.y as y from mine order by x'), [
        { x: 1, y: null },
        { x: 2, y: 'two' },
      ]);
    }));
});

describe('widestType', () => {
  const types = [
    'INTEGER',
    'BIGINT',
    'UBIGINT',
    'DOUBLE',
    'DECIMAL(5,2)',
    'VARCHAR',
    'DATE',
    'BOOLEAN',
    'INTEGER[]',
  ];

  it('does not depend on the order, and is the type itself of one', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...types), { minLength: 1 }), (some) => {
        assert.equal(widestType(some), widestType(some.toReversed()));
        assert.equal(widestType([some[0]!, some[0]!]), some[0]);
      }),
    ));

  it('holds both', () => {
    assert.equal(widestType(['INTEGER', 'BIGINT']), 'BIGINT');
    assert.equal(widestType(['UBIGINT', 'INTEGER']), 'HUGEINT');
    assert.equal(widestType(['INTEGER', 'DECIMAL(5,2)']), 'DOUBLE');
    assert.equal(widestType(['DATE', 'TIMESTAMP']), 'TIMESTAMP');
    assert.equal(widestType(['BOOLEAN', 'INTEGER']), 'VARCHAR');
    assert.equal(castExactly('v', 'INTEGER', 'INTEGER', "''"), 'v');
  });
});
