/**
 * The data seam: everything that lasts goes through a `Store`, as tables, or as keys and bytes of the `Backend` below it.
 * Paths are keys (`backend.ts`): relative to the project's root, with `/`. Errors are `StoreError` for what is wrong with the
 * wish, and the system's own for what the disk or the network does.
 */
import type { Backend } from './backend.ts';
import type { Row, RowOf, ShardReference, TableName } from './tables.ts';

/** Names one shard before it is written. */
export interface ShardName<Name extends TableName = TableName> {
  readonly table: Name;
  readonly run: string;
  readonly shard: string;
}

/** Finished rows of a shard that is still being made: append-only, survives a kill. */
export interface Journal<Entry> {
  /** Entries of earlier attempts, by key; a torn last line is left out. */
  readonly finished: ReadonlyMap<string, Entry>;
  /** Lines that could not be read (cut by a kill or a full disk); their items are done again. */
  readonly damagedLines: number;
  /** On disk when the promise resolves, and also when it rejects because the disk is full: then nothing more may be asked for. */
  append(key: string, entry: Entry): Promise<void>;
  close(): Promise<void>;
}

export interface Store {
  /** The keys and bytes themselves, for what keeps files of its own. */
  readonly backend: Backend;

  /** The shard if it is committed, else undefined. */
  findShard(name: ShardName): Promise<ShardReference | undefined>;
  /** The committed shards of a table of one run, by name; none if there is no such run. */
  listShards(table: TableName, run: string): Promise<ShardReference[]>;
  /**
   * Writes a whole shard: to a temporary file, then renamed. Rows are sorted by the table's key.
   * Throws `StoreError` (`DUPLICATE_KEY`, `UNKNOWN_COLUMN`, `MISSING_COLUMN`) before anything is written.
   */
  writeShard<Name extends TableName>(
    name: ShardName<Name>,
    split: string,
    rows: readonly RowOf<Name>[],
  ): Promise<ShardReference>;
  /**
   * All rows of a shard, sorted by key, with all columns or only those named. Throws `StoreError` `NO_SUCH_SHARD`.
   */
  readShard(reference: ShardReference, columns?: readonly string[]): Promise<Row[]>;
  /** The same, of a table that is known. Throws `StoreError` `NO_SUCH_SHARD` also for a shard of another table. */
  readRows<Name extends TableName>(table: Name, reference: ShardReference): Promise<RowOf<Name>[]>;

  /** Opens (creates) the journal of a shard that is being made. */
  openJournal<Entry>(name: ShardName): Promise<Journal<Entry>>;
  /** Removes the journal once its shard is committed. */
  removeJournal(name: ShardName): Promise<void>;

  /**
   * Rows of a SQL query over the views (every table, plus those of `views.ts`); `$name` parameters are bound.
   * A table without any shard yet is an empty view with the right columns.
   */
  query(sql: string, parameters?: { readonly [name: string]: Cell | readonly Cell[] }): Promise<Row[]>;

  /** Writes the rows of a query as one Parquet file, atomically. */
  exportQuery(
    sql: string,
    parameters: { readonly [name: string]: Cell | readonly Cell[] },
    path: string,
  ): Promise<void>;

  /** Writes a file whole or not at all. */
  writeFile(path: string, content: string | Uint8Array): Promise<void>;
  /** Text of a file; undefined if it does not exist. */
  readFile(path: string): Promise<string | undefined>;
  /**
   * Changes a file by what is in it, as if nobody else did at the same time: where another writer was faster, `change` is asked
   * again with what that one wrote.
   *
   * @param change gets undefined where there is no file, and gives undefined to leave it as it is.
   */
  changeFile(path: string, change: (content: string | undefined) => string | undefined): Promise<void>;
  /**
   * Absolute path, links followed, of a file of the project's folder that a person has named, relative to the folder or absolute; undefined if there
   * is no such file. Throws `StoreError` `OUTSIDE_ROOT` if it leaves the folder, be it through a link.
   */
  findNamed(path: string): Promise<string | undefined>;

  /** Stores a JSON value under its own digest (`data/objects/<digest>.json`) and returns the digest. */
  putObject(value: unknown): Promise<string>;
  /** Throws `StoreError` `NO_SUCH_OBJECT`. */
  getObject(digest: string): Promise<unknown>;
  close(): Promise<void>;
}

type Cell = string | number | boolean | null;
