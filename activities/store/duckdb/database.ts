/** DuckDB as the store uses it: one instance in memory, a connection for each piece of work. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

export interface Database {
  /** Runs work on a connection of its own, closed afterwards. */
  withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): void;
}

/** What DuckDB wants for each of its threads to sort, join and write with. */
const LEAST_MB_PER_THREAD = 125;
const LEAST_MB = 600;

/**
 * @param root where `data/` lies; DuckDB spills there, beside what it reads.
 * @param options.memoryMb memory of the instance in MB, beyond which it spills; what cannot be spilled fails. Default: 600,
 *   or what the machine's cores need at least.
 */
export async function openDatabase(
  root: string,
  {
    memoryMb = Math.max(LEAST_MB, LEAST_MB_PER_THREAD * availableParallelism()),
  }: { readonly memoryMb?: number } = {},
): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryMb}MB`,
    temp_directory: join(root, 'data', '.duckdb'),
    autoinstall_known_extensions: 'false',
    // The operating system caches files already, in memory that it can take back. No parquet_metadata_cache either: it never
    // forgets a file, some 15 kB for each that a worker ever reads.
    enable_external_file_cache: 'false',
  });
  return {
    async withConnection(work) {
      const connection = await instance.connect();
      try {
        return await work(connection);
      } finally {
        connection.closeSync();
      }
    },
    close() {
      instance.closeSync();
    },
  };
}

/** A text as a SQL string literal. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name of a column or table as SQL reads it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
