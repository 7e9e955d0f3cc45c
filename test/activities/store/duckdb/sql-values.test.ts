import assert from 'node:assert/strict';
import { BIGINT, BOOLEAN, DOUBLE, INTEGER, LIST, SQLNULL, VARCHAR } from '@duckdb/node-api';
import {
  bindable,
  distinctNames,
  toCell,
  toJson,
  type Parameters,
} from '../../../../activities/store/duckdb/sql-values.ts';
import { openDatabase } from '../../../../activities/store/duckdb/database.ts';
import { withTemporaryRoot } from '../temporary-root.ts';

describe('values out of DuckDB', () => {
  const evaluate = (sql: string, as: typeof toJson | typeof toCell = toJson): Promise<unknown> =>
    withTemporaryRoot(async (root) => {
      const database = await openDatabase(root);
      try {
        return await database.withConnection(async (connection) => {
          const [row] = (await connection.runAndReadAll(`select ${sql}`)).getRows();
          return as(row?.[0] ?? null);
        });
      } finally {
        database.close();
      }
    });

  const values: readonly (readonly [sql: string, json: unknown])[] = [
    ['null', null],
    ['true', true],
    ["'a'", 'a'],
    ['1.5::double', 1.5],
    ["'nan'::double", 'NaN'],
    ["'-inf'::double", '-Infinity'],
    ['9007199254740991::bigint', 9_007_199_254_740_991],
    ['9007199254740992::bigint', '9007199254740992'],
    ['(-9007199254740993)::bigint', '-9007199254740993'],
    ['1.50::decimal(10, 2)', 1.5],
    ['100::decimal(10, 0)', 100],
    ['100.00::decimal(10, 2)', 100],
    ['0.1234567890123456789::decimal(38, 19)', '0.1234567890123456789'],
    ['[1, null]', [1, null]],
    ['array_value(1, 2)', [1, 2]],
    ["{'a': 1, 'b': [true]}", { a: 1, b: [true] }],
    ["map {'a': 1}", [['a', 1]]],
    ['union_value(n := 3)', 3],
    ["date '2026-01-02'", '2026-01-02'],
  ];
  for (const [sql, json] of values)
    it(`${sql} is ${JSON.stringify(json)}`, async () => assert.deepEqual(await evaluate(sql), json));

  it('are JSON text in a cell where they are lists or structs', async () => {
    assert.equal(await evaluate("{'a': [1]}", toCell), '{"a":[1]}');
    assert.equal(await evaluate('null', toCell), null);
    assert.equal(await evaluate('2', toCell), 2);
  });
});

describe('parameters of a query', () => {
  const typeOf = (value: Parameters[string]): string => String(bindable({ p: value }).types['p']);

  it('have the narrowest type that holds them all', () => {
    const types: readonly (readonly [Parameters[string], unknown])[] = [
      [true, BOOLEAN],
      [0x7fffffff, INTEGER],
      [-0x80000000, BIGINT],
      [0x80000000, BIGINT],
      [2 ** 53, DOUBLE],
      [0.5, DOUBLE],
      ['a', VARCHAR],
      [null, VARCHAR],
      [[], LIST(SQLNULL)],
      [[1, null], LIST(INTEGER)],
      [[1, 2 ** 40], LIST(BIGINT)],
      [[1, 0.5], LIST(DOUBLE)],
      [[true, false], LIST(BOOLEAN)],
      [[true, 1], LIST(VARCHAR)],
      [['a', 1], LIST(VARCHAR)],
      [[null], LIST(VARCHAR)],
    ];
    for (const [value, type] of types) assert.equal(typeOf(value), String(type), JSON.stringify(value));
  });

  it('are bound as values of that type', () => {
    const { values } = bindable({ big: 2 ** 40, text: [1, 'a', null] as never, none: null });
    assert.equal(values['big'], 2n ** 40n);
    assert.deepEqual(toJson(values['text'] ?? null), ['1', 'a', null]);
    assert.equal(values['none'], null);
  });
});

describe('names of columns', () => {
  it('are told apart as DuckDB does, whatever their letters', () => {
    assert.deepEqual(distinctNames(['v', 'V', 'v', 'w']), ['v', 'V_1', 'v_2', 'w']);
    assert.deepEqual(distinctNames(['v', 'v_1', 'v']), ['v', 'v_1', 'v_2']);
    assert.deepEqual(distinctNames([]), []);
  });
});
