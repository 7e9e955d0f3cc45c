import type { DuckDBConnection } from '@duckdb/node-api';
import { ActivityError } from '../attempts/errors.ts';
import { quote, quoteName } from '../store/duckdb/database.ts';
import { kindOfColumn, shapeOfJson, shapeOfText, type ColumnKind, type Shape } from './column-types.ts';
import { exactJsonText, type ExactJson } from './exact-json.ts';
import { ImportError } from './import-error.ts';
import { kindOfFile, readRows } from './read-rows.ts';

/** A file of a user as a view of a database. */
export interface ImportedTable {
  readonly rowCount: number;
  /** Lines without anything on them, which are no rows. */
  readonly blankLineCount: number;
  /** Columns of JSON whose values have different types: texts as they are, others as JSON text. */
  readonly mixedColumns: readonly string[];
}

/** Longest description of what lists and objects have in them for which they get a type of their own. */
const MAX_STRUCTURE_CHARS = 20_000;
const FLUSHED_ROWS = 10_000;

/**
 * Makes a view of the rows of a file (any kind but Parquet): its columns have the types that keep every value as it stands. The
 * file is read twice, in pieces; DuckDB keeps the rows and writes what does not fit into memory to its temporary directory.
 *
 * @param view its name; the rows lie in a table of that name with `__rows` after it.
 * @param path absolute.
 * @param file as the user named it.
 * @throws ImportError
 */
export async function importTable(
  connection: DuckDBConnection,
  view: string,
  path: string,
  file: string,
): Promise<ImportedTable> {
  const first = await readRows(path, file);
  const shapeOf = isJson(file)
    ? shapeOfJson
    : (value: ExactJson) => (typeof value === 'string' ? shapeOfText(value) : undefined);
  const shapes = new Map<string, Set<Shape>>();
  for await (const { cells } of first.rows) {
    for (const [column, value] of cells) {
      const shape = shapeOf(value);
      const ofColumn = shapes.get(column) ?? new Set();
      if (shape !== undefined) ofColumn.add(shape);
      shapes.set(column, ofColumn);
    }
  }
  const names = [...new Set([...first.header(), ...shapes.keys()])];
  if (names.length === 0) throw new ImportError('EMPTY_FILE', file, 'has no row with a value in it');
  const table = `${view}__rows`;
  const filled = await fill(connection, table, names, path, file);
  if (filled !== first.tally.rows)
    throw new ActivityError('FILE_CHANGED', `'${file}' changed while it was read.`, { retryable: true });
  const columns = names.map((name) => ({ name, kind: kindOfColumn(shapes.get(name) ?? new Set()) }));
  const selected: string[] = [];
  for (const [index, { name, kind }] of columns.entries())
    selected.push(`${await typed(connection, table, `c${index}`, kind)} as ${quoteName(name)}`);
  const query = `select ${selected.join(', ')} from ${quoteName(table)}`;
  await connection.run(`create or replace view ${quoteName(view)} as ${query}`);
  return {
    rowCount: first.tally.rows,
    blankLineCount: first.tally.blankLines,
    mixedColumns: isJson(file) ? columns.filter(({ kind }) => kind === 'mixed').map(({ name }) => name) : [],
  };
}

function isJson(file: string): boolean {
  return ['json', 'jsonl'].includes(kindOfFile(file));
}

/** Fills a table of texts, columns c0, c1 …; returns the number of rows. */
async function fill(
  connection: DuckDBConnection,
  table: string,
  names: readonly string[],
  path: string,
  file: string,
): Promise<number> {
  const columns = names.map((_name, index) => `c${index} varchar`).join(', ');
  await connection.run(`create table ${quoteName(table)} (${columns})`);
  const appender = await connection.createAppender(table);
  const { rows, tally } = await readRows(path, file);
  for await (const { cells } of rows) {
    for (const name of names) {
      const value = cells.get(name) ?? null;
      if (value === null) appender.appendNull();
      else appender.appendVarchar(typeof value === 'string' ? value : exactJsonText(value));
    }
    appender.endRow();
    if (tally.rows % FLUSHED_ROWS === 0) appender.flushSync();
  }
  appender.closeSync();
  return tally.rows;
}

/** SQL for a column of texts as its kind. */
async function typed(
  connection: DuckDBConnection,
  table: string,
  column: string,
  kind: ColumnKind,
): Promise<string> {
  if (kind === 'VARCHAR' || kind === 'mixed') return column;
  if (kind !== 'nested') return `${column}::${kind}`;
  const found = await connection.runAndReadAll(
    `select json_group_structure(${column}::json)::varchar from ${quoteName(table)}`,
  );
  const structure = String(found.getRows()[0]?.[0]);
  const whole = `json_transform(${column}::json, ${quote(structure)})`;
  if (structure.length > MAX_STRUCTURE_CHARS) return `${column}::json`;
  // Not every object is one that DuckDB has a type for: its fields may differ in nothing but their case.
  const isTyped = await connection
    .runAndReadAll(`select count(${whole}) = count(${column}) from ${quoteName(table)}`)
    .then(
      (compared) => compared.getRows()[0]?.[0] === true,
      () => false,
    );
  return isTyped ? whole : `${column}::json`;
}
