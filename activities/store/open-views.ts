import { join } from 'node:path';
import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { StatementType } from '@duckdb/node-api';
import type { Value } from '../../definitions/types.ts';
import { openDatabase, quote } from './database.ts';
import { escapeGlob } from './paths.ts';
import { bindable, toJson, type Parameters } from './sql-values.ts';
import { StoreError } from './store-error.ts';
import { createViews } from './views.ts';

/** Result of a query, ready to be printed. */
export interface QueryResult {
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
        const statement = await prepare(connection, sql);
        const { values, types } = bindable(parameters);
        const reader = await orQueryFailed(async () => {
          statement.bind(values, types);
          return statement.runAndReadAll();
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

/** Lets one statement through that only reads. The directories that may be read may be written too, as DuckDB has it. */
async function prepare(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = await orQueryFailed(() => connection.extractStatements(sql));
  if (statements.count !== 1) {
    throw new StoreError('QUERY_REFUSED', `One statement is expected, not ${statements.count}.`);
  }
  const statement = await orQueryFailed(() => statements.prepare(0));
  // EXPLAIN ANALYZE carries out what it explains, which may be a COPY.
  const onlyExplains = statement.statementType === StatementType.EXPLAIN && !/\banalyze\b/i.test(sql);
  if (statement.statementType !== StatementType.SELECT && !onlyExplains) {
    throw new StoreError(
      'QUERY_REFUSED',
      'Only statements that read (SELECT, DESCRIBE, SHOW, EXPLAIN) can be run.',
    );
  }
  return statement;
}

async function orQueryFailed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StoreError('QUERY_FAILED', error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}
