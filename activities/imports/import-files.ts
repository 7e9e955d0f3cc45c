import type { DuckDBConnection } from '@duckdb/node-api';
import { quote, quoteName } from '../store/duckdb/database.ts';
import { escapeGlob } from '../store/paths.ts';
import { ImportError } from './import-error.ts';
import { importTable, type ImportedTable } from './import-table.ts';
import { assertFile, kindOfFile } from './read-rows.ts';

/** A file that a query reads. */
export interface NamedFile {
  /** The name that the query has for it. */
  readonly view: string;
  /** As the user named it. */
  readonly file: string;
  /** Absolute, all links followed. */
  readonly path: string;
}

/** Makes a view of each file, of any kind, and says what was read of it. Throws ImportError. */
export async function importFiles(
  connection: DuckDBConnection,
  files: readonly NamedFile[],
): Promise<{ readonly [view: string]: ImportedTable }> {
  const tables: [string, ImportedTable][] = [];
  for (const { view, file, path } of files) {
    const isParquet = kindOfFile(file) === 'parquet';
    const table = isParquet
      ? await parquetView(connection, view, path, file)
      : await importTable(connection, view, path, file);
    tables.push([view, table]);
  }
  return Object.fromEntries(tables);
}

async function parquetView(
  connection: DuckDBConnection,
  view: string,
  path: string,
  file: string,
): Promise<ImportedTable> {
  await assertFile(path, file);
  const rows = `read_parquet(${quote(escapeGlob(path))}, hive_partitioning = false)`;
  try {
    await connection.run(`create or replace view ${quoteName(view)} as from ${rows}`);
    const counted = await connection.runAndReadAll(`select count(*)::double from ${rows}`);
    return { rowCount: Number(counted.getRows()[0]?.[0]), blankLineCount: 0, mixedColumns: [] };
  } catch (error) {
    throw badParquet(file, error);
  }
}

/** With all that DuckDB says. */
export function badParquet(file: string, error: unknown): ImportError {
  const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
  return new ImportError('BAD_PARQUET', file, `cannot be read as Parquet: ${reason}`, { cause: error });
}
