/**
 * The small half of the storage seam: keys and bytes. Everything that lasts lies in one `Backend`; tables, journals,
 * objects, the registry, the ledger and the caches are made of it. A back end is one folder in `backends/`, and a line in the list
 * of `open-backend.ts`; `test/activities/store/contract.ts` says in tests what is said here in words.
 *
 * A key is a path of names, such as `data/raw/pairs/run=a/s.parquet`: parts joined by `/`, none of them empty, `.` or `..`, at
 * most 255 bytes each. A name that begins with a dot is the back end's own. Every method throws `StoreError` `OUTSIDE_ROOT`
 * for what is no key, and what the disk or the network says, as the system's error, which may be tried again.
 */
import { StoreError } from './store-error.ts';

export interface Backend {
  /**
   * Absolute path of a folder of this machine, below which `localFile` and `localFolder` show each key at its own path. For
   * those alone who must have a file: DuckDB, subprocesses, model servers.
   */
  readonly localRoot: string;

  /** The whole content; undefined if there is none. */
  get(key: string): Promise<Content | undefined>;
  /**
   * Bytes of a log from an offset on, fewer where it ends before: what is read may grow, but is not put anew. Rejects if there is
   * nothing under the key.
   */
  read(key: string, offset: number, length: number): Promise<Buffer>;
  /** Undefined if there is nothing under the key. */
  stat(key: string): Promise<Stat | undefined>;
  /**
   * The names directly in a folder, in the order of their code units, none if there is no such folder; those of folders end in `/`.
   * A content that was put before is listed, in every process.
   */
  list(folder: string): Promise<readonly string[]>;

  /** Puts a content whole or not at all, durably; of several writers at once the last one's stays. */
  put(key: string, content: string | Uint8Array): Promise<void>;
  /** The same for a content that `fill` writes, for DuckDB, to a local path in the folder in which `localFile` shows the key. */
  putFile(key: string, fill: (localPath: string) => Promise<void>): Promise<void>;
  /**
   * Compare-and-set: puts a content if what is there still has this version; undefined = if nothing is there. Of several writers
   * at once with one version, in any processes, exactly one is told true; the others are told false and have changed nothing.
   * A plain `put` at the same time may win over it.
   */
  putIf(key: string, content: string | Uint8Array, version: string | undefined): Promise<boolean>;
  /** Puts the content of a key under another one too. @returns false if there is none. */
  copy(from: string, to: string): Promise<boolean>;
  /** No error if there is nothing under the key. */
  delete(key: string): Promise<void>;

  /** Opens a log to append to, making it with the first byte at the latest. A log has one writer at a time; it may be left torn by a kill. */
  openLog(key: string): Log;
  /** Follows all logs that lie directly in a folder. @param except name of one that is left out */
  followLogs(folder: string, except?: string): LogFollower;

  /** Path of a file of this machine with the content of a key, for reading; undefined if there is none. */
  localFile(key: string): Promise<string | undefined>;
  /** Path of a folder of this machine with all that lies below a folder now, for reading; it need not be there if nothing does. */
  localFolder(folder: string): Promise<string>;

  /** Gives back what it holds open; logs are closed by those who opened them. */
  close(): Promise<void>;
}

export interface Content {
  readonly bytes: Buffer;
  /** Tells this content from what was there before and comes after, for `putIf`. */
  readonly version: string;
}

export interface Stat {
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** A content that only grows, a piece at a time. */
export interface Log extends Disposable {
  /**
   * Hands the bytes over before it returns: a killed process loses none of them, a power cut may. Throws if not all of them
   * found room; a part of them may then be there.
   */
  append(bytes: Uint8Array): void;
  /** Resolves once all that was appended before the call survives a power cut. Calls at once share one wait. */
  sync(): Promise<void>;
  /** What was appended stays. */
  close(): void;
}

/** Reads logs as they grow. */
export interface LogFollower {
  /**
   * The whole lines that have come since the last call, without their ends. It does not wait: of what other machines appended
   * it gives what this one has heard of.
   */
  lines(): readonly string[];
}

/** Throws `StoreError` `OUTSIDE_ROOT` for what is no key; `''` is the folder of all. */
export function assertKey(key: string, isFolder = false): void {
  const isKey =
    !key.includes('\0') && key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (isKey || (isFolder && key === '')) return;
  throw new StoreError(
    'OUTSIDE_ROOT',
    `${JSON.stringify(key)} is no path of the project's data: a path from its root without '.' and '..' is.`,
  );
}

/** Text of a key; undefined if there is nothing under it. */
export async function getText(backend: Backend, key: string): Promise<string | undefined> {
  return (await backend.get(key))?.bytes.toString('utf8');
}

/** Every key below a folder, at any depth. */
export async function listDeep(backend: Backend, folder: string): Promise<string[]> {
  const names = await backend.list(folder);
  const keys = names.map(async (name) =>
    name.endsWith('/') ? listDeep(backend, `${folder}/${name.slice(0, -1)}`) : [`${folder}/${name}`],
  );
  return (await Promise.all(keys)).flat();
}
