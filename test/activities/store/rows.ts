import fc from 'fast-check';
import {
  tables,
  type Cell,
  type ColumnType,
  type Row,
  type TableName,
} from '../../../activities/store/tables.ts';

/** A row of a table with nulls in all columns but the given ones. */
export function rowOf(table: TableName, cells: Row): Row {
  return { ...Object.fromEntries(Object.keys(tables[table].columns).map((name) => [name, null])), ...cells };
}

const cells: { readonly [type in ColumnType]: fc.Arbitrary<Cell> } = {
  INTEGER: fc.integer(),
  BIGINT: fc.maxSafeInteger(),
  DOUBLE: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  VARCHAR: fc.string({ unit: 'binary' }),
  BOOLEAN: fc.boolean(),
};

/** Any rows of a table, without a key twice. */
export function anyRows(table: TableName): fc.Arbitrary<Row[]> {
  const key: readonly string[] = tables[table].key;
  const columns = Object.entries<ColumnType>(tables[table].columns).map(([name, type]) => [
    name,
    key.includes(name) ? cells[type] : fc.option(cells[type]),
  ]);
  return fc.uniqueArray(fc.record(Object.fromEntries(columns), { noNullPrototype: true }), {
    selector: (row: Row) => JSON.stringify(key.map((name) => row[name])),
    maxLength: 20,
  });
}
