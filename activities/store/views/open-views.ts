import { join } from 'node:path';
import type { DuckDBConnection, DuckDBResult, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Value } from '../../../definitions/model/types.ts';
import { openDatabase, quote, quoteName } from '../duckdb/database.ts';
import type { Backend } from '../backend.ts';
import { assertNoLinkLeadsOut } from './links.ts';
import { escapeGlob } from '../paths.ts';
import { bindable, distinctNames, toCell, toJson, type Parameters } from '../duckdb/sql-values.ts';
import { StoreError } from '../store-error.ts';
import { createViews } from './views.ts';

interface Column {
  readonly name: string;
  /** As DuckDB says it. */
  readonly type: string;
}

/** Result of a query, ready to be printed. */
interface QueryResult {
  readonly columns: readonly Column[];
  /** In the order of `columns`. */
  readonly rows: readonly (readonly Value[])[];
  /** Columns that have a number behind their name here, since others before them have the same one; none usually. */
  readonly renamed: readonly string[];
}

export interface QueryOptions {
  /** Rows that are read at the most; there may be somewhat more in the result. Default: all. */
  readonly maxRows?: number;
  /** Aborted, it ends the query. */
  readonly signal?: AbortSignal;
}

/** Takes some rows of a result; DuckDB waits meanwhile. */
export type TakeRows = (part: QueryResult) => Promise<void>;

/** A door to the data for SQL that people type. */
export interface ViewReader {
  /**
   * Result of one SELECT (or DESCRIBE, SUMMARIZE, SHOW, EXPLAIN) over the views.
   * Throws `StoreError` `QUERY_REFUSED` for statements that could change or write something, `QUERY_FAILED` with
   * DuckDB's message for those that are wrong.
   */
  query(sql: string, parameters?: Parameters, options?: QueryOptions): Promise<QueryResult>;
  /** The same in parts, for results of any size: `take` is called once at least, also if there are no rows. Throws as `query`. */
  stream(sql: string, take: TakeRows, options?: Pick<QueryOptions, 'signal'>): Promise<void>;
  /**
   * Writes the rows of such a statement as one Parquet file, a key below `data/` or `results/`, atomically. Throws as `query`.
   *
   * @param options.keepsRun default: a column `run` is left out, since as part of a table the rows get that of the run that
   *   wrote them.
   */
  exportQuery(
    sql: string,
    parameters: Parameters,
    path: string,
    options?: Pick<QueryOptions, 'signal'> & { readonly keepsRun?: boolean },
  ): Promise<{ readonly columns: readonly Column[]; readonly rowCount: number }>;
  close(): void;
}

/** People's queries may be of any kind: some, such as a list of everything, cannot be spilled. */
const MEMORY_MB = 2_000;

/**
 * Opens the views of a project for reading only: SQL can read files below `data/` and `results/`, nothing
 * else on the machine or the network, and write nothing but by `exportQuery`.
 *
 * @param options.run whose queries these are: columns that runs wrote in different types have those of this run. Default: the
 *   widest ones.
 * @param options.files Parquet files, absolute, that may be read as well.
 * @param options.names of the views that `prepare` makes.
 * @param options.prepare makes views of the queries' own; they count, whatever tables have the same names.
 */
export async function openViews({
  backend,
  run,
  files = [],
  names = [],
  prepare = async () => {},
}: {
  readonly backend: Backend;
  readonly run?: string;
  readonly names?: readonly string[];
  readonly files?: readonly string[];
  readonly prepare?: (connection: DuckDBConnection) => Promise<void>;
}): Promise<ViewReader> {
  const database = await openDatabase(backend.localRoot, { memoryMb: MEMORY_MB });
  // What a stream has given out cannot be taken back and read anew.
  const views = createViews(backend, database, { unites: true, names });
  // DuckDB compares paths as they are written, and the views write them for globs.
  const asWritten = (path: string): string[] => [quote(path), quote(escapeGlob(path))];
  const readable = ['data', 'results'].flatMap((directory) => asWritten(join(backend.localRoot, directory)));
  const readableFiles = files.flatMap(asWritten);

  function read<T>(
    sql: string,
    signal: AbortSignal | undefined,
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    return views
      .read(() => {
        signal?.throwIfAborted();
        return database.withConnection(async (connection) => {
          const statement = await parseReading(connection, sql);
          if (readsFiles(statement)) await assertNoLinkLeadsOut(backend.localRoot, ['data', 'results']);
          const interrupt = (): void => connection.interrupt();
          signal?.addEventListener('abort', interrupt);
          try {
            return await tryForms(sql, connection, signal, () => work(connection));
          } finally {
            signal?.removeEventListener('abort', interrupt);
          }
        });
      })
      .catch((error: unknown) => {
        signal?.throwIfAborted();
        throw asQueryError(error);
      });
  }

  /** Does work with one form after another of the tables whose columns differ by run, until one suits it. */
  async function tryForms<T>(
    sql: string,
    connection: DuckDBConnection,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const mixed = [...views.mixed].filter(([name]) => new RegExp(`\\b${name}\\b`, 'iu').test(sql));
    const forms = mixed.map(([name, view]) => [quoteName(name), view.forms(run)] as const);
    const most = Math.max(1, ...forms.map(([, queries]) => queries.length));
    let first: unknown;
    for (let place = 0; place < most; place += 1) {
      // Before the views of all: they are this connection's alone.
      for (const [name, queries] of forms)
        await connection.run(`create or replace temp view ${name} as ${queries[place] ?? queries.at(-1)}`);
      try {
        return await work();
      } catch (error) {
        first ??= error;
        if (error instanceof GivenOut) throw error.cause;
        if (signal?.aborted === true) break;
      }
    }
    if (mixed.length === 0 || !(first instanceof Error)) throw first;
    const columns = mixed.flatMap(([, view]) => view.mixed).join('; ');
    throw new StoreError(
      'QUERY_FAILED',
      `${first.message}\nRuns wrote columns in different types: ${columns}.`,
      {
        cause: first,
      },
    );
  }

  try {
    await assertNoLinkLeadsOut(backend.localRoot, ['data/raw', 'data/tables', 'results']);
    await views.read(async () => {});
    await database.withConnection(prepare);
    await database.withConnection(async (connection) => {
      await connection.run(`set allowed_directories = [${readable.join(', ')}]`);
      await connection.run(`set allowed_paths = [${readableFiles.join(', ')}]`);
      await connection.run('set enable_external_access = false');
      await connection.run('set lock_configuration = true');
    });
  } catch (error) {
    database.close();
    throw error;
  }

  return {
    query: (sql, parameters = {}, { maxRows = Infinity, signal } = {}) =>
      read(sql, signal, async (connection) => {
        const { values, types } = bindable(parameters);
        const result = await connection.stream(sql, values, types);
        const rows: (readonly Value[])[] = [];
        while (rows.length < maxRows) {
          const part = await readPart(result);
          if (part.length === 0) break;
          for (const row of part) rows.push(row);
        }
        return { ...columnsOf(result), rows };
      }),
    stream: (sql, take, { signal } = {}) =>
      read(sql, signal, async (connection) => {
        const result = await connection.stream(sql);
        const columns = columnsOf(result);
        let rows = await readPart(result);
        try {
          do {
            await take({ ...columns, rows });
            rows = await readPart(result);
          } while (rows.length > 0);
        } catch (error) {
          throw new GivenOut('Rows were given out before it failed.', { cause: error });
        }
      }),
    exportQuery: (sql, parameters, path, { signal, keepsRun = false } = {}) =>
      read(sql, signal, async (connection) => {
        const { values, types } = bindable(parameters);
        // A statement may end in a semicolon or in a comment.
        const source = `(${sql.replace(/[;\s]+$/, '')}\n)`;
        await backend.putFile(path, async (temporaryPath) => {
          const form = 'format parquet, compression zstd, use_tmp_file false';
          const columns = keepsRun ? '*' : "columns(name -> lower(name) <> 'run')";
          const rows = `select ${columns} from (select * ${await withoutHuge(connection, source, values, types)} from ${source})`;
          await connection.run(`copy (${rows}) to ${quote(temporaryPath)} (${form})`, values, types);
        });
        const file = (await backend.localFile(path)) ?? '';
        const written = `read_parquet(${quote(escapeGlob(file))}, hive_partitioning = false)`;
        const described = await connection.runAndReadAll(`describe from ${written}`);
        const counted = await connection.runAndReadAll(`select count(*)::double from ${written}`);
        return {
          columns: described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) })),
          rowCount: Number(counted.getRows()[0]?.[0]),
        };
      }),
    close: () => database.close(),
  };
}

/** What a stream fails of once it has given out rows, which cannot be taken back. */
class GivenOut extends Error {}

function columnsOf(result: DuckDBResult): Pick<QueryResult, 'columns' | 'renamed'> {
  const types = result.columnTypes();
  const names = result.columnNames();
  const distinct = distinctNames(names);
  return {
    columns: distinct.map((name, index) => ({ name, type: String(types[index]) })),
    renamed: distinct.filter((name, index) => name !== names[index]),
  };
}

/**
 * What has Parquet hold the integers of a query exactly: it has none of 128 bits, such as sums are, and DuckDB would write floating
 * numbers. One that 64 bits do not hold fails the query.
 */
async function withoutHuge(
  connection: DuckDBConnection,
  source: string,
  values: Record<string, DuckDBValue>,
  types: Record<string, DuckDBType>,
): Promise<string> {
  const result = await connection.run(`select * from ${source} limit 0`, values, types);
  const columnTypes = result.columnTypes().map(String);
  const casts = result.columnNames().flatMap((name, index) => {
    const type = columnTypes[index] ?? '';
    const held = type.replaceAll(/\bU?HUGEINT\b/g, 'BIGINT');
    return held === type ? [] : [`${quoteName(name)}::${held} as ${quoteName(name)}`];
  });
  return casts.length === 0 ? '' : `replace (${casts.join(', ')})`;
}

/** The next rows of a result; none at its end. */
async function readPart(result: DuckDBResult): Promise<readonly (readonly Value[])[]> {
  const chunk = await result.fetchChunk();
  return chunk === null ? [] : chunk.getRows().map((row) => row.map(toJson));
}

function asQueryError(error: unknown): Error {
  if (error instanceof StoreError) return error;
  // What the disk does is no fault of the query, and may pass.
  if (error instanceof Error && ('code' in error || error.message.startsWith('IO Error'))) return error;
  return new StoreError('QUERY_FAILED', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}

/**
 * Lets one statement through that only reads; DuckDB lets the directories that may be read be written too.
 * Only its parser is asked: preparing a statement can already have effects (EXPORT makes its directory).
 *
 * @returns the statement as DuckDB's JSON.
 */
async function parseReading(connection: DuckDBConnection, sql: string): Promise<string> {
  const explained = sql.replace(/^\s*explain(\s+analyze)?\s/i, '');
  const reader = await connection.runAndReadAll(
    `select json->>'error_type', json_array_length(json->'statements'), json::varchar
     from (select json_serialize_sql($sql::varchar) as json)`,
    { sql: explained },
  );
  const [errorType, count, statement] = (reader.getRows()[0] ?? []).map(toCell);
  // DuckDB's own message would be 'Error in native callback'.
  if (errorType === null && Number(count) === 0)
    throw new StoreError('QUERY_REFUSED', 'The query is empty: it has no statement.');
  await connection.extractStatements(sql).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    throw new StoreError('QUERY_FAILED', message.replace('Failed to extract statements: ', ''), {
      cause: error,
    });
  });
  if (errorType !== null || count !== 1) {
    throw new StoreError(
      'QUERY_REFUSED',
      'Only one statement that reads (SELECT, DESCRIBE, SHOW, EXPLAIN) can be run.',
    );
  }
  return String(statement);
}

/** Functions that make rows of nothing but their arguments. */
const MAKES_ROWS = new Set(['range', 'generate_series', 'unnest', 'json_each', 'json_tree']);

/** Whether a statement, as DuckDB's JSON, names files, or a function that might. */
function readsFiles(statement: string): boolean {
  const functions = [...statement.matchAll(/"type":"TABLE_FUNCTION".*?"function_name":"(\w+)"/g)];
  return (
    /"table_name":"[^"]*[./\\*?[]/.test(statement) ||
    functions.some(([, name]) => !MAKES_ROWS.has(name ?? ''))
  );
}
