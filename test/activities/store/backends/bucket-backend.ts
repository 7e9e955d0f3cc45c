/**
 * A back end as an object store would be: contents in a bucket that several machines share, each answer after a wait, and files
 * only as copies in a folder of the machine's own.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertKey, type Backend, type LogFollower } from '../../../../activities/store/backend.ts';

interface Item {
  readonly bytes: Buffer;
  readonly version: string;
  readonly modifiedMs: number;
}

/** What lies in a bucket, by key. */
export type Bucket = Map<string, Item>;

/** One machine's door to a bucket; its folder goes with `close`. */
export async function createBucketBackend(bucket: Bucket): Promise<Backend> {
  const localRoot = await mkdtemp(join(tmpdir(), 'prose-bucket-'));
  /** Versions of the copies. */
  const copies = new Map<string, string>();

  const wait = (): Promise<void> => sleep(2 * Math.random());
  const set = (key: string, content: string | Uint8Array): void => {
    bucket.set(key, { bytes: Buffer.from(content), version: randomUUID(), modifiedMs: Date.now() });
  };
  const inFolder = (key: string, folder: string): boolean => folder === '' || key.startsWith(`${folder}/`);

  async function bring(key: string): Promise<string | undefined> {
    const item = bucket.get(key);
    const path = join(localRoot, key);
    if (item === undefined) {
      if (copies.delete(key)) await rm(path, { force: true });
    } else if (copies.get(key) !== item.version) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, item.bytes);
      copies.set(key, item.version);
    }
    return item && path;
  }

  return {
    localRoot,
    async get(key) {
      assertKey(key);
      await wait();
      const item = bucket.get(key);
      return item && { bytes: item.bytes, version: item.version };
    },
    async read(key, offset, length) {
      assertKey(key);
      await wait();
      const item = bucket.get(key);
      if (item === undefined) throw new Error(`There is no ${key}.`);
      return item.bytes.subarray(offset, offset + length);
    },
    async stat(key) {
      assertKey(key);
      await wait();
      const item = bucket.get(key);
      return item && { sizeBytes: item.bytes.length, modifiedMs: item.modifiedMs };
    },
    async list(folder) {
      assertKey(folder, true);
      await wait();
      const names = [...bucket.keys()]
        .filter((key) => inFolder(key, folder))
        .map((key) => key.slice(folder === '' ? 0 : folder.length + 1).replace(/\/.*$/su, '/'));
      return [...new Set(names)].toSorted();
    },
    async put(key, content) {
      assertKey(key);
      await wait();
      set(key, content);
    },
    async putFile(key, fill) {
      assertKey(key);
      const path = join(localRoot, dirname(key), `.${randomUUID()}`);
      await mkdir(dirname(path), { recursive: true });
      try {
        await fill(path);
        const bytes = await readFile(path);
        await wait();
        set(key, bytes);
      } finally {
        await rm(path, { force: true });
      }
    },
    async putIf(key, content, version) {
      assertKey(key);
      await wait();
      if (bucket.get(key)?.version !== version) return false;
      set(key, content);
      return true;
    },
    async copy(from, to) {
      assertKey(from);
      assertKey(to);
      await wait();
      const item = bucket.get(from);
      if (item !== undefined) set(to, item.bytes);
      return item !== undefined;
    },
    async delete(key) {
      assertKey(key);
      await wait();
      bucket.delete(key);
    },
    openLog(key) {
      assertKey(key);
      const append = (bytes: Uint8Array): void =>
        set(key, Buffer.concat([bucket.get(key)?.bytes ?? Buffer.alloc(0), bytes]));
      return { append, sync: wait, close: () => {}, [Symbol.dispose]: () => {} };
    },
    followLogs(folder, except) {
      assertKey(folder);
      return followBucket(bucket, folder, except);
    },
    async localFile(key) {
      assertKey(key);
      await wait();
      return bring(key);
    },
    async localFolder(folder) {
      assertKey(folder, true);
      await wait();
      for (const key of new Set([...copies.keys(), ...bucket.keys()]))
        if (inFolder(key, folder)) await bring(key);
      return join(localRoot, folder);
    },
    close: () => rm(localRoot, { recursive: true, force: true }),
  };
}

function followBucket(bucket: Bucket, folder: string, except?: string): LogFollower {
  const read = new Map<string, number>();
  return {
    lines() {
      const found: string[] = [];
      for (const [key, { bytes }] of bucket) {
        if (dirname(key) !== folder || key === `${folder}/${except}`) continue;
        const from = read.get(key) ?? 0;
        const end = bytes.lastIndexOf('\n') + 1;
        if (end <= from) continue;
        read.set(key, end);
        found.push(...bytes.toString('utf8', from, end - 1).split('\n'));
      }
      return found;
    },
  };
}
