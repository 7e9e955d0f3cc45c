/** Which type a column of an imported file has: one that keeps every value of it as it stands. */
import { inexactNumber, type ExactJson } from './exact-json.ts';

/** DuckDB's types; `nested` for lists and objects alone, `mixed` where no type holds all values. */
export type ColumnKind =
  'VARCHAR' | 'BIGINT' | 'HUGEINT' | 'DOUBLE' | 'BOOLEAN' | 'DATE' | 'nested' | 'mixed';

/** What a type has to hold. `inexact` is a number, or has one in it, that DuckDB would change. */
export type Shape =
  'text' | 'boolean' | 'date' | 'nested' | 'inexact' | 'int53' | 'int64' | 'int128' | 'fraction';

const INT64 = 2n ** 63n;
const INT128 = 2n ** 127n;

/** Types with the shapes they hold exactly, narrow ones first. */
const HOLDS: readonly (readonly [ColumnKind, readonly Shape[]])[] = [
  ['VARCHAR', ['text']],
  ['BOOLEAN', ['boolean']],
  ['DATE', ['date']],
  ['BIGINT', ['int53', 'int64']],
  ['HUGEINT', ['int53', 'int64', 'int128']],
  ['DOUBLE', ['int53', 'fraction']],
  ['nested', ['nested']],
];

/** The kind of a column whose values have these shapes. */
export function kindOfColumn(shapes: ReadonlySet<Shape>): ColumnKind {
  const found = HOLDS.find(([, held]) => [...shapes].every((shape) => held.includes(shape)));
  return found?.[0] ?? 'mixed';
}

/** The shape of a JSON value; undefined for null. */
export function shapeOfJson(value: ExactJson): Shape | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'bigint') return shapeOfInteger(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int53' : 'fraction';
  return inexactNumber(value) === undefined ? 'nested' : 'inexact';
}

/**
 * The shape of a CSV's text: that of a number, truth value or date only where it is written just as the type would be written,
 * so that `007`, `1.50` and `1e3` stay texts.
 */
export function shapeOfText(text: string): Shape {
  if (text === 'true' || text === 'false') return 'boolean';
  if (/^(?:0|-?[1-9]\d*)$/.test(text)) return text.length > 40 ? 'text' : shapeOfInteger(BigInt(text));
  if (/^-?\d[\d.e+-]*$/.test(text) && String(Number(text)) === text) return 'fraction';
  return /^\d{4}-\d\d-\d\d$/.test(text) && isDate(text) ? 'date' : 'text';
}

function shapeOfInteger(value: bigint): Shape {
  const size = value < 0n ? -value : value;
  if (size <= BigInt(Number.MAX_SAFE_INTEGER)) return 'int53';
  if (size < INT64) return 'int64';
  return size < INT128 ? 'int128' : 'inexact';
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
