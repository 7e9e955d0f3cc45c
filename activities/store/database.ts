/** DuckDB as the store uses it: one instance in memory, a connection for each piece of work. */
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

export interface Database {
  /** Runs work on a connection of its own, closed afterwards. */
  withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): void;
}

/** Memory of one instance; more is spilled to disk. */
const MEMORY_LIMIT = '2GB';

/** @param root where `data/` lies; DuckDB spills there, beside what it reads. */
export async function openDatabase(root: string): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    temp_directory: join(root, 'data', '.duckdb'),
    autoinstall_known_extensions: 'false',
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
