import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importTable, type ImportedTable } from '../../../activities/imports/import-table.ts';
import { openDatabase } from '../../../activities/store/duckdb/database.ts';
import { keptFiles } from '../../corpus/imports/kept-files.ts';
import { withTemporaryRoot } from '../store/temporary-root.ts';

/** The rows of a query over a file that it knows as `f`. */
async function ask(
  file: string,
  content: string | Buffer,
  sql: string,
): Promise<{ readonly rows: readonly (readonly unknown[])[]; readonly table: ImportedTable }> {
  return withTemporaryRoot(async (root) => {
    await writeFile(join(root, file), content);
    const database = await openDatabase(root);
    try {
      return await database.withConnection(async (connection) => {
        const table = await importTable(connection, 'f', join(root, file), file);
        const rows = (await connection.runAndReadAll(sql)).getRowsJson();
        return { rows, table };
      });
    } finally {
      database.close();
    }
  });
}

const types = (file: string, content: string): Promise<readonly (readonly unknown[])[]> =>
  ask(file, content, 'select column_name, column_type from (describe from f)').then(({ rows }) => rows);

describe('a file as a table', () => {
  for (const odd of keptFiles().filter(
    ({ expected, file }) => 'rows' in expected && expected.rows.length > 0 && !/json/.test(file),
  ))
    it(`has every cell written as it was: ${odd.name}`, async () => {
      const { rows } = await ask(odd.file, odd.bytes, 'select columns(*)::varchar from f');
      const wanted = 'rows' in odd.expected ? odd.expected.rows : [];
      const columns = [...new Set(wanted.flatMap((row) => Object.keys(row)))].toSorted();
      const names = (await ask(odd.file, odd.bytes, 'select column_name from (describe from f)')).rows.flat();
      assert.deepEqual(
        rows.map((row) => columns.map((column) => row[names.indexOf(column)])),
        wanted.map((row) => columns.map((column) => row[column] ?? null)),
      );
    });

  it('gives a CSV column a type only where the type writes each value as it stands', async () => {
    assert.deepEqual(
      await types(
        't.csv',
        'i,big,huge,d,b,day,zip,price,mixed,none\n1,9007199254740993,170141183460469231731687303715884105727,0.5,true,2024-02-29,007,1.50,1,\n-2,5,1,1,false,2024-03-01,8,2.5,x,\n',
      ),
      [
        ['i', 'BIGINT'],
        ['big', 'BIGINT'],
        ['huge', 'HUGEINT'],
        ['d', 'DOUBLE'],
        ['b', 'BOOLEAN'],
        ['day', 'DATE'],
        ['zip', 'VARCHAR'],
        ['price', 'VARCHAR'],
        ['mixed', 'VARCHAR'],
        ['none', 'VARCHAR'],
      ],
    );
  });

  it('gives lists and objects of JSON types of their own', async () => {
    const lines =
      '{"m":[{"role":"user","content":"hi"}],"meta":{"lang":"en"}}\n{"m":[],"meta":{"lang":"de","n":5}}\n';
    const { rows } = await ask('t.jsonl', lines, 'select m[1].content, meta.lang, meta.n::varchar from f');
    assert.deepEqual(rows, [
      ['hi', 'en', null],
      [null, 'de', '5'],
    ]);
  });

  it('keeps texts beside other values as they are, and says which columns are mixed', async () => {
    const { rows, table } = await ask(
      't.jsonl',
      '{"v":"A"}\n{"v":5}\n{"v":["x"]}\n{"v":12345678901234567890}\n\n',
      'select v from f',
    );
    assert.deepEqual(rows, [['A'], ['5'], ['["x"]'], ['12345678901234567890']]);
    assert.deepEqual(table, { rowCount: 4, blankLineCount: 1, mixedColumns: ['v'] });
  });

  it('keeps a number that is too small for any type as it was written', async () => {
    const { rows } = await ask('t.jsonl', '{"v":1e-400}\n{"v":0e-400}\n', 'select v from f');
    assert.deepEqual(rows, [['1e-400'], ['0']]);
  });

  it('leaves numbers inside objects alone that a type would change', async () => {
    const { rows } = await ask(
      't.jsonl',
      '{"v":{"id":123456789012345678901234567890123456789012345}}\n',
      "select v ->> '$' from f",
    );
    assert.deepEqual(rows, [['{"id":123456789012345678901234567890123456789012345}']]);
  });

  it('takes objects that no type of DuckDB fits as JSON', async () => {
    const { rows } = await ask('t.jsonl', '{"v":{"a":1,"A":2}}\n', "select v ->> '$.A' from f");
    assert.deepEqual(rows, [['2']]);
  });

  it('counts the rows of a question with a semicolon', async () => {
    const { rows } = await ask(
      't.csv',
      'id,question\n1,What is a; b?\n2,"Why; how"\n',
      'select count(*)::varchar from f',
    );
    assert.deepEqual(rows, [['2']]);
  });

  it('refuses a file in which no row has a column', async () => {
    await assert.rejects(ask('t.jsonl', '\n\n', 'from f'), { code: 'EMPTY_FILE' });
    await assert.rejects(ask('t.jsonl', '{}\n', 'from f'), { code: 'EMPTY_FILE' });
  });
});
