import { StoreError } from './store-error.ts';
import { tables, type Cell, type ColumnType, type Row, type TableName } from './tables.ts';

/**
 * Checks that rows have exactly the table's columns, cells of their types and no key twice.
 * Null stands for a missing value and must be written out; key columns are never null.
 * Throws `StoreError` `UNKNOWN_COLUMN`, `MISSING_COLUMN`, `WRONG_TYPE`, `DUPLICATE_KEY`.
 */
export function checkRows(table: TableName, rows: readonly Row[]): void {
  const key: readonly string[] = tables[table].key;
  const columns: readonly (readonly [string, ColumnType])[] = Object.entries(tables[table].columns);
  const names = new Set(columns.map(([name]) => name));
  const seen = new Set<string>();
  rows.forEach((row, index) => {
    const at = `Row ${index} for table '${table}'`;
    for (const name of Object.keys(row)) {
      if (!names.has(name)) {
        throw new StoreError(
          'UNKNOWN_COLUMN',
          `${at} has a column '${name}', which the table does not have.`,
        );
      }
    }
    for (const [name, type] of columns) {
      const cell = row[name];
      if (cell === undefined) {
        throw new StoreError('MISSING_COLUMN', `${at} has no '${name}'; a missing value is written as null.`);
      }
      const isAllowed = cell === null ? !key.includes(name) : fits[type](cell);
      if (!isAllowed) {
        const found = typeof cell === 'string' ? 'a string' : String(cell);
        throw new StoreError('WRONG_TYPE', `${at} has ${found} in '${name}', which must be ${type}.`);
      }
    }
    const identity = JSON.stringify(key.map((name) => row[name]));
    if (seen.has(identity)) {
      throw new StoreError('DUPLICATE_KEY', `${at} repeats the key (${key.join(', ')}) = ${identity}.`);
    }
    seen.add(identity);
  });
}

/** Whether a cell can be stored in a column of a type without becoming another value. */
const fits: { readonly [type in ColumnType]: (cell: Cell) => boolean } = {
  INTEGER: (cell) => Number.isInteger(cell) && Number(cell) >= -(2 ** 31) && Number(cell) < 2 ** 31,
  BIGINT: Number.isSafeInteger,
  DOUBLE: Number.isFinite,
  VARCHAR: (cell) => typeof cell === 'string',
  BOOLEAN: (cell) => typeof cell === 'boolean',
};
