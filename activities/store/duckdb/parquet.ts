/** Parquet files of one table: written sorted by key with zstd, read back as rows. */
import type { DuckDBAppender } from '@duckdb/node-api';
import { quote, type Database } from './database.ts';
import { escapeGlob } from '../paths.ts';
import { readRows } from './sql-values.ts';
import { tables, type Cell, type ColumnType, type Row, type TableName } from '../tables.ts';

/** What a shard's file says about itself; kept in the Parquet footer. */
export interface ShardMetadata {
  readonly rowCount: number;
  readonly split: string;
}

/** Writes checked rows as the table's Parquet file at `path`. */
export async function writeParquet(
  database: Database,
  path: string,
  table: TableName,
  split: string,
  rows: readonly Row[],
): Promise<void> {
  const columns: readonly (readonly [string, ColumnType])[] = Object.entries(tables[table].columns);
  await database.withConnection(async (connection) => {
    // A temporary table belongs to its connection, so shards written at once do not meet.
    await connection.run(
      `create temp table shard (${columns.map(([name, type]) => `${name} ${type}`).join(', ')})`,
    );
    const appender = await connection.createAppender('shard', null, 'temp');
    for (const row of rows) {
      for (const [name, type] of columns) append(appender, row[name] ?? null, type);
      appender.endRow();
    }
    appender.closeSync();
    const sorted = `select * from shard order by ${tables[table].key.join(', ')}`;
    await connection.run(
      `copy (${sorted}) to ${quote(path)} (format parquet, compression zstd, use_tmp_file false, kv_metadata {split: ${quote(split)}})`,
    );
  });
}

/** All rows of a Parquet file, sorted by the table's key, with all columns or only those named. */
export async function readParquet(
  database: Database,
  path: string,
  table: TableName,
  columns: readonly string[] = ['*'],
): Promise<Row[]> {
  const file = `read_parquet(${quote(escapeGlob(path))}, hive_partitioning = false)`;
  const sorted = `select ${columns.join(', ')} from ${file} order by ${tables[table].key.join(', ')}`;
  return database.withConnection(async (connection) => readRows(await connection.run(sorted)));
}

/** Row count and split from a Parquet file's footer; undefined where the footer has no split. */
export async function readParquetMetadata(
  database: Database,
  path: string,
): Promise<ShardMetadata | undefined> {
  const file = quote(escapeGlob(path));
  return database.withConnection(async (connection) => {
    const reader = await connection.runAndReadAll(
      `select num_rows::integer, decode(value) from parquet_file_metadata(${file}), parquet_kv_metadata(${file}) where key = encode('split')`,
    );
    const [rowCount, split] = reader.getRows()[0] ?? [];
    return typeof rowCount === 'number' && typeof split === 'string' ? { rowCount, split } : undefined;
  });
}

function append(appender: DuckDBAppender, cell: Cell, type: ColumnType): void {
  if (cell === null) {
    appender.appendNull();
    return;
  }
  switch (type) {
    case 'INTEGER':
      appender.appendInteger(Number(cell));
      break;
    case 'BIGINT':
      appender.appendBigInt(BigInt(cell));
      break;
    case 'DOUBLE':
      // Adding zero turns -0 into 0, which compare equal but print differently.
      appender.appendDouble(Number(cell) + 0);
      break;
    case 'VARCHAR':
      appender.appendVarchar(String(cell));
      break;
    case 'BOOLEAN':
      appender.appendBoolean(cell === true);
      break;
  }
}
