import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Value } from '../../definitions/types.ts';
import { openDatabase, quote } from './database.ts';
import { escapeGlob } from './paths.ts';
import { bindable, toCell, toJson, type Parameters } from './sql-values.ts';
import { StoreError } from './store-error.ts';
import { createViews } from './views.ts';

/** Result of a query, ready to be printed. */
interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** In the order of `columns`. */
  readonly rows: readonly (readonly Value[])[];
}

/** A door to the data for SQL that people type. */
export interface ViewReader {
  /**
   * Result of one SELECT (or DESCRIBE, SUMMARIZE, SHOW, EXPLAIN) over the views.
   * Throws `StoreError` `QUERY_REFUSED` for statements that could change or write something, `QUERY_FAILED` with
   * DuckDB's message for those that are wrong.
   */
  query(sql: string, parameters?: Parameters): Promise<QueryResult>;
  close(): void;
}

/**
 * Opens the views of the project at `root` for reading only: SQL can read files below `data/` and `results/`, nothing
 * else on the machine or the network, and write nothing.
 */
export async function openViews({ root }: { readonly root: string }): Promise<ViewReader> {
  const database = await openDatabase(root);
  const views = createViews(root, database);
  // DuckDB compares paths as they are written, and the views write them for globs.
  const readable = ['data', 'results']
    .map((directory) => join(root, directory))
    .flatMap((path) => [quote(path), quote(escapeGlob(path))]);
  await database.withConnection(async (connection) => {
    await connection.run(`set allowed_directories = [${readable.join(', ')}]`);
    await connection.run('set enable_external_access = false');
    await connection.run('set lock_configuration = true');
  });
  return {
    async query(sql, parameters = {}) {
      await views.refresh();
      return database.withConnection(async (connection) => {
        await assertOnlyReads(connection, sql);
        const { values, types } = bindable(parameters);
        const reader = await connection.runAndReadAll(sql, values, types).catch((error: unknown) => {
          throw new StoreError('QUERY_FAILED', error instanceof Error ? error.message : String(error), {
            cause: error,
          });
        });
        const columnTypes = reader.columnTypes();
        return {
          columns: reader.columnNames().map((name, index) => ({ name, type: String(columnTypes[index]) })),
          rows: reader.getRows().map((row) => row.map(toJson)),
        };
      });
    },
    close: () => database.close(),
  };
}

/**
 * Lets one statement through that only reads; DuckDB lets the directories that may be read be written too.
 * Only its parser is asked: preparing a statement can already have effects (EXPORT makes its directory).
 */
async function assertOnlyReads(connection: DuckDBConnection, sql: string): Promise<void> {
  const explained = sql.replace(/^\s*explain(\s+analyze)?\s/i, '');
  const reader = await connection.runAndReadAll(
    `select json->>'error_type', json->>'error_message', json_array_length(json->'statements')
     from (select json_serialize_sql($sql::varchar) as json)`,
    { sql: explained },
  );
  const [errorType, message, count] = (reader.getRows()[0] ?? []).map(toCell);
  if (errorType === 'parser') throw new StoreError('QUERY_FAILED', String(message));
  if (errorType !== null || count !== 1) {
    throw new StoreError(
      'QUERY_REFUSED',
      'Only one statement that reads (SELECT, DESCRIBE, SHOW, EXPLAIN) can be run.',
    );
  }
}
