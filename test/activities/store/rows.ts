import fc from 'fast-check';
import {
  tables,
  type Cell,
  type ColumnType,
  type Row,
  type RowOf,
  type TableName,
} from '../../../activities/store/tables.ts';

/** A row of a table with nulls in all columns but the given ones. */
export function rowOf<Name extends TableName>(table: Name, cells: Partial<RowOf<Name>>): RowOf<Name> {
  const nulls = Object.fromEntries(Object.keys(tables[table].columns).map((name) => [name, null]));
  return { ...nulls, ...cells } as RowOf<Name>;
}

const cells: { readonly [type in ColumnType]: fc.Arbitrary<Cell> } = {
  INTEGER: fc.integer(),
  BIGINT: fc.maxSafeInteger(),
  DOUBLE: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  VARCHAR: fc.string({ unit: 'binary' }),
  BOOLEAN: fc.boolean(),
};

/** Any rows of a table, without a key twice. */
export function anyRows<Name extends TableName>(table: Name): fc.Arbitrary<RowOf<Name>[]> {
  const key: readonly string[] = tables[table].key;
  const columns = Object.entries<ColumnType>(tables[table].columns).map(([name, type]) => [
    name,
    key.includes(name) ? cells[type] : fc.option(cells[type]),
  ]);
  const rows = fc.uniqueArray(fc.record(Object.fromEntries(columns), { noNullPrototype: true }), {
    selector: (row: Row) => JSON.stringify(key.map((name) => row[name])),
    maxLength: 20,
  });
  return rows as unknown as fc.Arbitrary<RowOf<Name>[]>;
}
