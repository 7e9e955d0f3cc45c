/**
 * The views that SQL sees: one per table over all runs, those of `views/*.sql` made from them, and `test_results`
 * once a run was evaluated. A table without any shard is an empty view of its columns.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './atomic-write.ts';
import { quote, type Database } from './database.ts';
import { escapeGlob, isTableName, RUN_OF_FILENAME, tableDirectory } from './paths.ts';
import { tables, type ColumnType, type TableName } from './tables.ts';

const DERIVED_VIEWS = ['scores_by_variation', 'prompts'];

export interface Views {
  /** Brings the views in line with the files that are there; called before every query. */
  refresh(): Promise<void>;
}

export function createViews(root: string, database: Database): Views {
  /** Tables and `test_results`, by whether their view reads files. */
  const isFilled = new Map<string, boolean>();
  let last = Promise.resolve();

  async function define(sql: string): Promise<void> {
    await database.withConnection((connection) => connection.run(sql));
  }

  async function refresh(): Promise<void> {
    const isFirst = isFilled.size === 0;
    for (const table of tableNames) {
      const directory = tableDirectory(root, table);
      const hasFiles = await containsParquet(directory, 'run=');
      if (isFilled.get(table) === hasFiles) continue;
      await define(tableView(table, hasFiles ? directory : undefined));
      isFilled.set(table, hasFiles);
    }
    const evaluations = join(root, 'results', 'evaluations');
    if ((await containsParquet(evaluations, '')) && !isFilled.has('test_results')) {
      const glob = quote(`${escapeGlob(evaluations)}/**/test_results.parquet`);
      await define(`create view test_results as from read_parquet(${glob}, union_by_name = true)`);
      isFilled.set('test_results', true);
    }
    if (!isFirst) return;
    for (const view of DERIVED_VIEWS) {
      await define(await readFile(new URL(`views/${view}.sql`, import.meta.url), 'utf8'));
    }
  }

  return {
    refresh() {
      // One at a time: DuckDB refuses two transactions that define the same view.
      const next = last.then(refresh);
      last = next.catch(() => {});
      return next;
    },
  };
}

const tableNames = Object.keys(tables).filter(isTableName);

/** @param directory of the table's runs; undefined for an empty view. */
function tableView(table: TableName, directory: string | undefined): string {
  const columns: readonly (readonly [string, ColumnType])[] = Object.entries(tables[table].columns);
  if (directory === undefined) {
    const nulls = columns.map(([name, type]) => `null::${type} as ${name}`);
    return `create or replace view ${table} as select ${nulls.join(', ')}, null::varchar as run where false`;
  }
  // Not hive_partitioning: it cannot undo the nesting of very long ids. DuckDB skips files by `filename` as well.
  const files = `read_parquet(${quote(`${escapeGlob(directory)}/run=*/**/*.parquet`)}, hive_partitioning = false, union_by_name = true, filename = true)`;
  const names = columns.map(([name]) => name);
  return `create or replace view ${table} as select ${names.join(', ')}, ${RUN_OF_FILENAME} as run from ${files}`;
}

/** Whether a Parquet file lies anywhere below the sub-directories of `directory` whose name begins with `prefix`. */
async function containsParquet(directory: string, prefix: string): Promise<boolean> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    if (prefix === '' && entries.some((entry) => entry.isFile() && entry.name.endsWith('.parquet')))
      return true;
    for (const entry of entries) {
      const isSearched = entry.isDirectory() && entry.name.startsWith(prefix);
      if (isSearched && (await containsParquet(join(directory, entry.name), ''))) return true;
    }
    return false;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
