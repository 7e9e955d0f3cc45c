/**
 * The views that SQL sees: one per table over all runs, those of `views/*.sql` made from them, and `test_results`
 * once a run was evaluated, and the users' own tables. A table without any shard is an empty view of its columns.
 */
import { join } from 'node:path';
import type { Backend } from '../backend.ts';
import { findDamage } from '../duckdb/damaged-file.ts';
import { quote, quoteName, type Database } from '../duckdb/database.ts';
import { escapeGlob, globOfRuns, isTableName, runOfFile, tableFolder } from '../paths.ts';
import { tables, type ColumnType, type TableName } from '../tables.ts';
import { readUserTableView, type UserTableView } from '../user-tables/user-table-view.ts';
import { listUserTables, type UserTable } from '../user-tables/user-tables.ts';
import { DERIVED_VIEWS, readViewSql } from './derived-views.ts';

export interface Views {
  /**
   * Does work over the views, in line with the files that are there. A table with a file that cannot be read keeps nobody
   * from the others: only who asks for it gets `StoreError` `CORRUPT_SHARD`, which names the file.
   *
   * @param work done again where it fails of files of an earlier version, which lack columns, unless `unites` is set.
   */
  read<T>(work: () => Promise<T>): Promise<T>;
  /** The users' tables, by name, whose files have columns of different types. */
  readonly mixed: ReadonlyMap<string, UserTableView>;
}

/** Without files; by the columns of its first file; or by the columns of all. */
type Form = 'empty' | 'plain' | 'united';

/**
 * @param options.unites whether files that lack columns, of an earlier version, are reckoned with from the start: DuckDB
 *   then reads the footer of every file for each query. Default: false, only once there are such files.
 * @param options.names of views that are somebody else's to define. Default: none.
 */
export function createViews(
  backend: Backend,
  database: Database,
  { unites = false, names = [] }: { readonly unites?: boolean; readonly names?: readonly string[] } = {},
): Views {
  /** How the view of a table, or of `test_results`, is defined. */
  const forms = new Map<string, Form>();
  /** The users' own tables, by the state of the files that their view was made for. */
  const userTables = new Map<string, string>();
  const mixed = new Map<string, UserTableView>();
  let last = Promise.resolve();
  const globs = [
    ...tableNames.map((table) => globOfRuns(join(backend.localRoot, tableFolder(table)))),
    `${escapeGlob(join(backend.localRoot, 'data', 'tables'))}/*/run=*/**/*.parquet`,
    `${escapeGlob(join(backend.localRoot, EVALUATIONS))}/**/test_results.parquet`,
  ];

  async function define(sql: string): Promise<void> {
    await database.withConnection((connection) => connection.run(sql));
  }

  /**
   * The tables as empty views, and the views made of them: over full ones, DuckDB would read the footer of every file each
   * time that it defines one.
   */
  async function defineEmpty(): Promise<void> {
    for (const table of tableNames) await define(emptyView(table));
    for (const view of DERIVED_VIEWS) await define(await readViewSql(view));
    for (const table of tableNames) forms.set(table, 'empty');
  }

  function defineAs(form: Form, table: TableName, directory: string): Promise<void> {
    if (form === 'empty') return define(emptyView(table));
    if (form === 'united') return define(unitedView(table, directory));
    // Where the first file lacks a column, the view of its columns is refused.
    return define(tableView(table, directory)).catch(() => define(unitedView(table, directory)));
  }

  async function refresh(): Promise<void> {
    if (forms.size === 0) await defineEmpty();
    for (const table of tableNames.filter((name) => !names.includes(name))) {
      const directory = await backend.localFolder(tableFolder(table));
      const hasFiles = await containsParquet(backend, tableFolder(table), 'run=');
      const form = !hasFiles ? 'empty' : unites ? 'united' : 'plain';
      if (forms.get(table) === form) continue;
      const isDefined = await defineAs(form, table, directory).then(
        () => true,
        async (error: unknown) => {
          const reason = await findDamage(database, globs, error);
          if (reason === undefined) throw error;
          await define(emptyView(table, `error(${quote(reason.message)}) is null`));
          return false;
        },
      );
      // One that cannot be read is looked at again before the next query.
      if (isDefined) forms.set(table, form);
      else forms.delete(table);
    }
    const evaluations = await backend.localFolder(EVALUATIONS);
    const isWanted = !forms.has('test_results') && !names.includes('test_results');
    if (isWanted && (await containsParquet(backend, EVALUATIONS))) {
      const glob = quote(`${escapeGlob(evaluations)}/**/test_results.parquet`);
      // Files of earlier versions lack columns, which are null there.
      const columns = 'select * exclude (run), run from test_answers where false';
      await define(
        `create view test_results as ${columns} union all by name from read_parquet(${glob}, union_by_name = true)`,
      );
      forms.set('test_results', 'united');
    }
    await refreshUserTables();
  }

  async function refreshUserTables(): Promise<void> {
    const listed = await listUserTables(backend);
    const found = listed.filter(({ name }) => !names.includes(name));
    for (const table of found) {
      if (userTables.get(table.name) === table.state) continue;
      mixed.delete(table.name);
      await defineUserTable(table).catch((error: unknown) => {
        // Files that somebody put there must not keep everybody from every other table.
        const reason = error instanceof Error ? error.message : String(error);
        const message = quote(`The table '${table.name}' cannot be read: ${reason}`);
        return define(`create or replace view "${table.name}" as select error(${message}) as error`);
      });
      userTables.set(table.name, table.state);
    }
    for (const name of userTables.keys()) {
      if (found.some((table) => table.name === name)) continue;
      await define(`drop view if exists "${name}"`);
      userTables.delete(name);
      mixed.delete(name);
    }
  }

  async function defineUserTable({ name, folder }: UserTable): Promise<void> {
    const directory = await backend.localFolder(folder);
    await database.withConnection(async (connection) => {
      const view = await readUserTableView(connection, name, directory);
      await connection.run(`create or replace view ${quoteName(name)} as ${view.query}`);
      if (view.mixed.length > 0) mixed.set(name, view);
    });
  }

  /** One refresh at a time: DuckDB refuses two transactions that define the same view. */
  function refreshed(): Promise<void> {
    const next = last.then(refresh);
    last = next.catch(() => {});
    return next;
  }

  async function read<T>(work: () => Promise<T>): Promise<T> {
    const areUnited = unites;
    await refreshed();
    try {
      return await work();
    } catch (error) {
      if (areUnited || !isOfDifferingFiles(error)) throw (await findDamage(database, globs, error)) ?? error;
      unites = true;
      return read(work);
    }
  }

  return { read, mixed };
}

/** Whether DuckDB has met a file that lacks a column of the first one: it then says what would help. */
function isOfDifferingFiles(error: unknown): boolean {
  return error instanceof Error && error.message.includes('union_by_name');
}

const EVALUATIONS = 'results/evaluations';
const tableNames = Object.keys(tables).filter(isTableName);

/** A view that has the table's columns, and no row where `condition`, in SQL, does not hold. */
function emptyView(table: TableName, condition = 'false'): string {
  return `create or replace view ${table} as ${emptyRows(table, condition)}`;
}

function emptyRows(table: TableName, condition = 'false'): string {
  const nulls = columnsOf(table).map(([name, type]) => `null::${type} as ${name}`);
  return `select ${nulls.join(', ')}, null::varchar as run where ${condition}`;
}

/** @param directory of the table's runs. */
function tableView(table: TableName, directory: string): string {
  return `create or replace view ${table} as select ${namesOf(table)}, ${runOfFile('filename')} as run from ${filesOf(directory)}`;
}

/** The same over files of which some, or all, lack columns, which are null there. */
function unitedView(table: TableName, directory: string): string {
  const rows = `select *, ${runOfFile('filename')} as run from ${filesOf(directory, 'union_by_name = true')}`;
  return `create or replace view ${table} as select ${typedNamesOf(table)}, run from (${emptyRows(table)} union all by name ${rows})`;
}

function filesOf(directory: string, option = 'union_by_name = false'): string {
  // Not hive_partitioning: it cannot undo the nesting of very long ids. DuckDB skips files by `filename` as well.
  return `read_parquet(${quote(globOfRuns(directory))}, hive_partitioning = false, filename = true, ${option})`;
}

function namesOf(table: TableName): string {
  return columnsOf(table)
    .map(([name]) => name)
    .join(', ');
}

/** In their types: a file of another version may have had others. */
function typedNamesOf(table: TableName): string {
  return columnsOf(table)
    .map(([name, type]) => `${name}::${type} as ${name}`)
    .join(', ');
}

function columnsOf(table: TableName): readonly (readonly [string, ColumnType])[] {
  return Object.entries(tables[table].columns);
}

/** Whether a Parquet file lies anywhere below a folder, in sub-folders whose name begins with `prefix`, if it is given. */
async function containsParquet(backend: Backend, folder: string, prefix?: string): Promise<boolean> {
  const names = await backend.list(folder);
  if (prefix === undefined && names.some((name) => name.endsWith('.parquet'))) return true;
  for (const name of names) {
    const isSearched = name.endsWith('/') && name.startsWith(prefix ?? '');
    if (isSearched && (await containsParquet(backend, `${folder}/${name.slice(0, -1)}`))) return true;
  }
  return false;
}
