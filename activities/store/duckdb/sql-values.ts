/** Values on their way into and out of DuckDB. */
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBArrayValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBUnionValue,
  INTEGER,
  LIST,
  SQLNULL,
  VARCHAR,
  listValue,
  type DuckDBResult,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Value } from '../../../definitions/model/types.ts';
import type { Cell, Row } from '../tables.ts';

/** Values of a query's named parameters. */
export type Parameters = { readonly [name: string]: Cell | readonly Cell[] };

/**
 * A DuckDB value as JSON: integers and decimals as numbers while these are exact and as texts of their digits beyond, lists and
 * structs as arrays and objects, dates and times in ISO form.
 */
export function toJson(value: DuckDBValue): Value {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  // JSON has no NaN or infinities, but a query may compute them.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof DuckDBDecimalValue) return decimalToJson(value);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(toJson);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, entry]) => [name, toJson(entry)]));
  }
  if (value instanceof DuckDBMapValue)
    return value.entries.map((entry) => [toJson(entry.key), toJson(entry.value)]);
  if (value instanceof DuckDBUnionValue) return toJson(value.value);
  return String(value);
}

function decimalToJson(value: DuckDBDecimalValue): Value {
  const digits = String(value);
  const number = Number(digits);
  const shortest = digits.includes('.') ? digits.replace(/\.?0+$/u, '') : digits;
  return String(number) === shortest ? number : digits;
}

/**
 * Names of a result's columns, each once: `v`, `v_1`, … for equal ones, as DuckDB names them in a table. SQL does not tell small
 * letters from large ones.
 */
export function distinctNames(names: readonly string[]): readonly string[] {
  const next = new Map<string, number>();
  return names.map((name) => {
    let distinct = name;
    let count = next.get(name.toLowerCase());
    if (count !== undefined) {
      do {
        distinct = `${name}_${count}`;
        count += 1;
      } while (next.has(distinct.toLowerCase()));
      next.set(name.toLowerCase(), count);
    }
    next.set(distinct.toLowerCase(), 1);
    return distinct;
  });
}

/** A DuckDB value as one cell; lists and structs as JSON text. */
export function toCell(value: DuckDBValue): Cell {
  const json = toJson(value);
  return typeof json === 'object' && json !== null ? JSON.stringify(json) : json;
}

/** The rows of a result as objects, chunk by chunk, so that no second copy of a large one is made. */
export async function readRows(result: DuckDBResult): Promise<Row[]> {
  const names = distinctNames(result.columnNames());
  const rows: Row[] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return rows;
    const columns = chunk.getColumns();
    const { rowCount } = chunk;
    for (let index = 0; index < rowCount; index += 1) {
      const row: Record<string, Cell> = {};
      names.forEach((name, column) => {
        row[name] = toCell(columns[column]?.[index] ?? null);
      });
      rows.push(row);
    }
  }
}

/** Parameters with the types they are bound as: a number that is whole is an integer, so that it can be a LIMIT. */
export function bindable(parameters: Parameters): {
  readonly values: Record<string, DuckDBValue>;
  readonly types: Record<string, DuckDBType>;
} {
  const values: Record<string, DuckDBValue> = {};
  const types: Record<string, DuckDBType> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (isList(value)) {
      // An empty list fits whatever it is compared with.
      const type = value.length === 0 ? SQLNULL : commonType(value);
      values[name] = listValue(value.map((cell) => toBound(cell, type)));
      types[name] = LIST(type);
    } else {
      const type = commonType([value]);
      values[name] = toBound(value, type);
      types[name] = type;
    }
  }
  return { values, types };
}

function isList(value: Cell | readonly Cell[]): value is readonly Cell[] {
  return Array.isArray(value);
}

function commonType(cells: readonly Cell[]): DuckDBType {
  const present = cells.filter((cell) => cell !== null);
  if (present.length > 0 && present.every((cell) => typeof cell === 'boolean')) return BOOLEAN;
  if (present.length > 0 && present.every((cell) => typeof cell === 'number')) {
    if (!present.every(Number.isSafeInteger)) return DOUBLE;
    return present.every((cell) => Math.abs(cell) <= 0x7fffffff) ? INTEGER : BIGINT;
  }
  return VARCHAR;
}

function toBound(cell: Cell, type: DuckDBType): DuckDBValue {
  if (cell === null) return null;
  if (type === BIGINT) return BigInt(cell);
  return type === VARCHAR ? String(cell) : cell;
}
