/**
 * The keys under which things lie. The names are durable: users' globs and notebooks rely on them.
 * - shards: `data/raw/<table>/run=<run>/<shard>.parquet`
 * - journals: `data/journal/run=<run>/<table>/<shard>.jsonl`
 * - ledgers: `data/ledger/run=<run>/<process>.jsonl`
 * - objects: `data/objects/<digest>.json`
 * - tables of the users' own: `data/tables/<table>/run=<run>/<part>.parquet`
 * - output of commands: `data/commands/run=<run>/<task>/<attempt>.stdout.log` and `….stderr.log`
 */
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { StoreError } from './store-error.ts';
import { tables, type TableName } from './tables.ts';
import type { ShardName } from './store.ts';

/** Bytes of one directory name; file systems allow 255 with the `run=` before it. */
const SEGMENT_LENGTH = 200;
/** Starts the name of a directory that goes on with a run's id; never part of an encoded id. */
const CONTINUATION = '+';

/**
 * The directory (relative, `/`-separated) that stands for a run's id: percent-encoded, so that no id leaves its folder,
 * and broken into nested directories where it is longer than a file name may be. `views.ts` undoes it in SQL.
 */
export function runDirectory(run: string): string {
  // encodeURIComponent leaves !'()*~ alone, which globs, shells and SQL read as their own.
  const encoded = encode(run).replaceAll(
    /[!'()*~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const segments = encoded.match(new RegExp(`.{1,${SEGMENT_LENGTH}}`, 'g')) ?? [];
  return `run=${segments.join(`/${CONTINUATION}`)}`;
}

function encode(run: string): string {
  try {
    if (run !== '') return encodeURIComponent(run);
  } catch {
    // Half of a surrogate pair has no UTF-8.
  }
  throw new StoreError(
    'INVALID_NAME',
    `The run id ${JSON.stringify(run)} is empty or not well-formed Unicode.`,
  );
}

/** SQL for the run's id of a row, from the column that DuckDB gives the file's name in: undoes `runDirectory`. */
export function runOfFile(column: string): string {
  return `url_decode(replace(regexp_extract(${column}, '^.*/run=(.*)/', 1), '/${CONTINUATION}', ''))`;
}

/** Whether a text names one of the tables. */
export function isTableName(name: string): name is TableName {
  return Object.hasOwn(tables, name);
}

function assertShardName({ table, shard }: ShardName): void {
  if (!isTableName(table)) {
    throw new StoreError('INVALID_NAME', `The table ${JSON.stringify(table)} is not one of tables.ts.`);
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(shard)) {
    throw new StoreError(
      'INVALID_NAME',
      `The shard name ${JSON.stringify(shard)} must be 1 to 128 of A-Z a-z 0-9 . _ - and begin with a letter or digit.`,
    );
  }
}

/** Folder of a table's shards. */
export function tableFolder(table: TableName): string {
  return `data/raw/${table}`;
}

/** Folder of a run's shards of a table. Throws `StoreError` `INVALID_NAME`. */
export function shardFolder(table: TableName, run: string): string {
  return `${tableFolder(table)}/${runDirectory(run)}`;
}

/** Key of a shard's Parquet file. Throws `StoreError` `INVALID_NAME`. */
export function shardFile(name: ShardName): string {
  assertShardName(name);
  return `${shardFolder(name.table, name.run)}/${name.shard}.parquet`;
}

/** Key of a shard's journal. Throws `StoreError` `INVALID_NAME`. */
export function journalFile(name: ShardName): string {
  assertShardName(name);
  return `data/journal/${runDirectory(name.run)}/${name.table}/${name.shard}.jsonl`;
}

/** Folder of a run's ledger. */
export function ledgerFolder(run: string): string {
  return `data/ledger/${runDirectory(run)}`;
}

/** Key of an object. Throws `StoreError` `INVALID_NAME` for what is no sha256 in hex. */
export function objectFile(digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) {
    throw new StoreError(
      'INVALID_NAME',
      `${JSON.stringify(digest)} is no digest: 64 hex digits are expected.`,
    );
  }
  return `data/objects/${digest}.json`;
}

/** Folder for the output of a task's commands. Throws `StoreError` `INVALID_NAME`. */
export function commandFolder(run: string, task: string): string {
  const encoded = encodeURIComponent(task);
  const name =
    encoded.length <= SEGMENT_LENGTH
      ? encoded
      : `${encoded.slice(0, SEGMENT_LENGTH - 17)}-${createHash('sha256').update(task).digest('hex').slice(0, 16)}`;
  return `data/commands/${runDirectory(run)}/${name}`;
}

/**
 * Where a path, relative to the root or absolute, lies once all links are followed; undefined if nothing is there.
 * For what users name: a link must not lead out of the project. Throws `StoreError` `OUTSIDE_ROOT`.
 */
export async function realPathInside(root: string, path: string): Promise<string | undefined> {
  if (path.includes('\0')) throw outsideRoot(root, path);
  const realRoot = await realpath(root);
  // Asked first by its words: whether there is anything outside is nobody's business here.
  const named = resolve(root, path);
  if (!isInside(resolve(root), named) && !isInside(realRoot, named)) throw outsideRoot(root, path);
  const real = await realpath(named).catch(() => undefined);
  if (real !== undefined && !isInside(realRoot, real)) throw outsideRoot(root, path);
  return real;
}

function isInside(root: string, absolute: string): boolean {
  const inside = relative(root, absolute);
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}

function outsideRoot(root: string, path: string): StoreError {
  return new StoreError('OUTSIDE_ROOT', `The path ${JSON.stringify(path)} is not below ${root}.`);
}

/** A path as DuckDB's globs read it literally. */
export function escapeGlob(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]');
}

/** All Parquet files of all runs of a table, as DuckDB's globs say it. @param directory absolute. */
export function globOfRuns(directory: string): string {
  return `${escapeGlob(directory)}/run=*/**/*.parquet`;
}
