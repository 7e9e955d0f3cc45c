import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { isMissing, writeAtomically } from './atomic-write.ts';
import { checkRows } from './check-rows.ts';
import { openDatabase, quote } from './database.ts';
import { openJournal } from './journal.ts';
import { getObject, putObject } from './objects.ts';
import { readParquet, readParquetMetadata, writeParquet } from './parquet.ts';
import { journalPath, realPathInside, resolveInside, shardPath } from './paths.ts';
import { bindable, readRows } from './sql-values.ts';
import { StoreError } from './store-error.ts';
import type { ShardName, Store } from './store.ts';
import type { ShardReference } from './tables.ts';
import { createViews } from './views.ts';

/**
 * A store on the local disk (or on one that is mounted on every machine), below `root`.
 * @param options.root the project's root; need not exist yet.
 */
export async function createStore(options: { readonly root: string }): Promise<Store> {
  const root = resolve(options.root);
  const database = await openDatabase(root);
  const views = createViews(root, database);

  async function findShard(name: ShardName): Promise<ShardReference | undefined> {
    const path = shardPath(root, name);
    if (!existsSync(path)) return undefined;
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

  return {
    root,
    findShard,
    async listShards(table, run) {
      const directory = dirname(shardPath(root, { table, run, shard: 'any' }));
      const files = (await listDirectory(directory)).filter((file) => extname(file) === '.parquet');
      const names = files.map((file) => basename(file, '.parquet')).toSorted();
      const found = await Promise.all(names.map((shard) => findShard({ table, run, shard })));
      return found.filter((shard) => shard !== undefined);
    },
    async writeShard(name, split, rows) {
      const path = shardPath(root, name);
      checkRows(name.table, rows);
      await writeParquet(database, path, name.table, split, rows);
      return reference(name, { rowCount: rows.length, split });
    },
    async readShard(shard, columns) {
      if ((await findShard(shard)) === undefined) {
        throw new StoreError(
          'NO_SUCH_SHARD',
          `The table '${shard.table}' of run ${JSON.stringify(shard.run)} has no shard '${shard.shard}'.`,
        );
      }
      return readParquet(database, shardPath(root, shard), shard.table, columns);
    },
    openJournal: (name) => openJournal(journalPath(root, name)),
    async removeJournal(name) {
      // The directory stays: another shard's journal may be about to be opened in it.
      await rm(journalPath(root, name), { force: true });
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
        writeAtomically(resolveInside(root, path), async (temporaryPath) => {
          const copy = `copy (${sql}) to ${quote(temporaryPath)} (format parquet, compression zstd, use_tmp_file false)`;
          await database.withConnection((connection) => connection.run(copy, values, types));
        }),
      );
    },
    resolve: (path) => resolveInside(root, path),
    async findNamed(path) {
      const real = await realPathInside(root, resolveInside(root, path));
      return real !== undefined && (await stat(real)).isFile() ? real : undefined;
    },
    async writeFile(path, content) {
      await writeAtomically(resolveInside(root, path), (temporaryPath) => writeFile(temporaryPath, content));
    },
    async readFile(path) {
      try {
        return await readFile(resolveInside(root, path), 'utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    putObject: (value) => putObject(root, value),
    getObject: (digest) => getObject(root, digest),
    close: async () => database.close(),
  };
}

/** Nothing where there is no such directory. */
async function listDirectory(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function reference(name: ShardName, metadata: { rowCount: number; split: string }): ShardReference {
  return { table: name.table, run: name.run, shard: name.shard, ...metadata };
}
