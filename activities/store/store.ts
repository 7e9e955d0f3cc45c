/** The data seam: everything a run writes or reads goes through a `Store`. */
import type { Row, ShardReference, TableName } from './tables.ts';

/** Names one shard before it is written. */
export interface ShardName {
  readonly table: TableName;
  readonly run: string;
  readonly shard: string;
}

/** Finished rows of a shard that is still being made: append-only, survives a kill. */
export interface Journal<Entry> {
  /** Entries of earlier attempts, by key; a torn last line is left out. */
  readonly finished: ReadonlyMap<string, Entry>;
  /** Lines that could not be read (cut by a kill or a full disk); their items are done again. */
  readonly damagedLines: number;
  /** On disk when the promise resolves. */
  append(key: string, entry: Entry): Promise<void>;
  close(): Promise<void>;
}

export interface Store {
  /** Absolute path of the project's root. */
  readonly root: string;

  /** The shard if it is committed, else undefined. */
  findShard(name: ShardName): Promise<ShardReference | undefined>;
  /** The committed shards of a table of one run, by name; none if there is no such run. */
  listShards(table: TableName, run: string): Promise<ShardReference[]>;
  /**
   * Writes a whole shard: to a temporary file, then renamed. Rows are sorted by the table's key.
   * Throws `StoreError` (`DUPLICATE_KEY`, `UNKNOWN_COLUMN`, `MISSING_COLUMN`) before anything is written.
   */
  writeShard(name: ShardName, split: string, rows: readonly Row[]): Promise<ShardReference>;
  /**
   * All rows of a shard, sorted by key, with all columns or only those named. Throws `StoreError` `NO_SUCH_SHARD`.
   */
  readShard(reference: ShardReference, columns?: readonly string[]): Promise<Row[]>;

  /** Opens (creates) the journal of a shard that is being made. */
  openJournal<Entry>(name: ShardName): Promise<Journal<Entry>>;
  /** Removes the journal once its shard is committed. */
  removeJournal(name: ShardName): Promise<void>;

  /**
   * Rows of a SQL query over the views (every table, plus those of `views.ts`); `$name` parameters are bound.
   * A table without any shard yet is an empty view with the right columns.
   */
  query(sql: string, parameters?: { readonly [name: string]: Cell | readonly Cell[] }): Promise<Row[]>;

  /** Writes the rows of a query as one Parquet file below the root, atomically. */
  exportQuery(
    sql: string,
    parameters: { readonly [name: string]: Cell | readonly Cell[] },
    path: string,
  ): Promise<void>;

  /** Writes a file below the root atomically (temporary name, fsync, rename). Refuses paths that leave the root. */
  writeFile(path: string, content: string | Uint8Array): Promise<void>;
  /** Absolute path of a file below the root. Throws `StoreError` `OUTSIDE_ROOT` if it leaves the root. */
  resolve(path: string): string;
  /**
   * Real path of a file that a user has named; undefined if there is no such file. Throws `StoreError` `OUTSIDE_ROOT` if
   * it leaves the root, be it through a link.
   */
  findNamed(path: string): Promise<string | undefined>;
  /** Reads a text file below the root; undefined if it does not exist. */
  readFile(path: string): Promise<string | undefined>;

  /** Stores a JSON value under its own digest (`data/objects/<digest>.json`) and returns the digest. */
  putObject(value: unknown): Promise<string>;
  /** Throws `StoreError` `NO_SUCH_OBJECT`. */
  getObject(digest: string): Promise<unknown>;
  close(): Promise<void>;
}

type Cell = string | number | boolean | null;
