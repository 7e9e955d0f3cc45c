import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { getText, type Backend } from './backend.ts';
import { checkRows } from './check-rows.ts';
import { openDatabase, quote } from './duckdb/database.ts';
import { openJournal, roomOf } from './records/journal.ts';
import { getObject, putObject } from './records/objects.ts';
import { openBackend } from './open-backend.ts';
import { readParquet, readParquetMetadata, writeParquet } from './duckdb/parquet.ts';
import { journalFile, realPathInside, shardFile, shardFolder } from './paths.ts';
import { bindable, readRows } from './duckdb/sql-values.ts';
import { StoreError } from './store-error.ts';
import type { ShardName, Store } from './store.ts';
import type { Row, RowOf, ShardReference, TableName } from './tables.ts';
import { createViews } from './views/views.ts';

/**
 * The store of a project.
 *
 * @param options.root the project's folder; need not exist yet.
 * @param options.backend where its data lies. Default: below the root.
 */
export async function createStore(options: {
  readonly root: string;
  readonly backend?: Backend;
}): Promise<Store> {
  const root = resolve(options.root);
  const { backend = openBackend(root) } = options;
  const database = await openDatabase(backend.localRoot);
  const views = createViews(backend, database);

  async function findShard(name: ShardName): Promise<ShardReference | undefined> {
    const path = await backend.localFile(shardFile(name));
    if (path === undefined) return undefined;
    const metadata = await readParquetMetadata(database, path).catch((error: unknown) => {
      throw new StoreError('CORRUPT_SHARD', `${path} is no Parquet file; remove it to have it made again.`, {
        cause: error,
      });
    });
    if (metadata === undefined) {
      throw new StoreError(
        'CORRUPT_SHARD',
        `${path} was not written by a run; remove it to have it made again.`,
      );
    }
    return reference(name, metadata);
  }

  async function readShard(shard: ShardReference, columns?: readonly string[]): Promise<Row[]> {
    const path = (await findShard(shard)) && (await backend.localFile(shardFile(shard)));
    if (path === undefined) {
      throw new StoreError(
        'NO_SUCH_SHARD',
        `The table '${shard.table}' of run ${JSON.stringify(shard.run)} has no shard '${shard.shard}'.`,
      );
    }
    return readParquet(database, path, shard.table, columns);
  }

  return {
    backend,
    findShard,
    async listShards(table, run) {
      const files = (await backend.list(shardFolder(table, run))).filter((file) => file.endsWith('.parquet'));
      const names = files.map((file) => basename(file, '.parquet')).toSorted();
      const found = await Promise.all(names.map((shard) => findShard({ table, run, shard })));
      return found.filter((shard) => shard !== undefined);
    },
    async writeShard(name, split, rows) {
      const file = shardFile(name);
      checkRows(name.table, rows);
      await backend.putFile(file, (path) => writeParquet(database, path, name.table, split, rows));
      return reference(name, { rowCount: rows.length, split });
    },
    async readRows<Name extends TableName>(table: Name, shard: ShardReference) {
      // A shard has the table's columns, as they were checked when it was written.
      return (await readShard({ ...shard, table })) as unknown as RowOf<Name>[];
    },
    readShard,
    openJournal: (name) => openJournal(backend, journalFile(name)),
    async removeJournal(name) {
      await backend.delete(journalFile(name));
      await backend.delete(roomOf(journalFile(name)));
    },
    async query(sql, parameters = {}) {
      const { values, types } = bindable(parameters);
      return views.read(() =>
        database.withConnection(async (connection) => readRows(await connection.run(sql, values, types))),
      );
    },
    async exportQuery(sql, parameters, path) {
      const { values, types } = bindable(parameters);
      await views.read(() =>
        backend.putFile(path, async (localPath) => {
          const copy = `copy (${sql}) to ${quote(localPath)} (format parquet, compression zstd, use_tmp_file false)`;
          await database.withConnection((connection) => connection.run(copy, values, types));
        }),
      );
    },
    writeFile: (path, content) => backend.put(path, content),
    readFile: (path) => getText(backend, path),
    async changeFile(path, change) {
      for (;;) {
        const before = await backend.get(path);
        const content = change(before?.bytes.toString('utf8'));
        if (content === undefined || (await backend.putIf(path, content, before?.version))) return;
      }
    },
    async findNamed(path) {
      const real = await realPathInside(root, path);
      return real !== undefined && (await stat(real)).isFile() ? real : undefined;
    },
    putObject: (value) => putObject(backend, value),
    getObject: (digest) => getObject(backend, digest),
    async close() {
      database.close();
      await backend.close();
    },
  };
}

function reference(name: ShardName, metadata: { rowCount: number; split: string }): ShardReference {
  return { table: name.table, run: name.run, shard: name.shard, ...metadata };
}
