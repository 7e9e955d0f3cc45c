/**
 * Answers kept on disk, so that a call that was made before is not paid for again. A log-structured store with its index
 * in memory, as Bitcask (Sheehy and Smith, "Bitcask: A Log-Structured Hash Table for Fast Key/Value Data", 2010):
 * a file for each answer would take longer than the call where a server answers at once. Invariants:
 * C1. A process appends to segments of its own and never changes a written byte, so processes, also on other machines,
 *     need no locks. What another process has written is seen within `REFRESH_MS`.
 * C2. An entry counts only if its line is whole and begins with the whole key: a line cut by a kill costs one answer.
 * C3. The segments take at most `maxBytes` and one segment of each process; the oldest go first.
 * C4. Nothing that goes wrong here fails a call: the cache then keeps nothing for a while, and tries again.
 */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { AnswerIndex } from './answer-index.ts';
import type { Backend, Log } from '../../store/backend.ts';
import type { ChatAnswer } from '../model-client.ts';
import { PendingLines } from './pending-lines.ts';

export interface AnswerCache {
  /** The answer kept under a key, as it was given to `keep`; undefined at once where it is known that there is none. */
  find(key: string): Promise<ChatAnswer | undefined> | undefined;
  /** Keeps an answer; it is on disk soon after. @param key sha256 (hex) of all that the answer depends on. */
  keep(key: string, answer: ChatAnswer): void;
  /** Writes what is still to be written. */
  close(): Promise<void>;
}

export interface AnswerCacheOptions {
  readonly backend: Backend;
  readonly log: Logger;
  /** Default 1 GiB. */
  readonly maxBytes?: number;
  /** Size at which a segment is followed by a new one; at most 32 MiB, the default. */
  readonly segmentBytes?: number;
  /** Milliseconds for which nothing is kept after an error of writing, such as a full disk. Default 30,000. */
  readonly pauseMs?: number;
}

interface Segment {
  readonly number: number;
  readonly file: string;
  indexedBytes: number;
}

/** What this process appends to. */
interface OwnSegment {
  readonly segment: Segment;
  readonly lines: Log;
}

const KEY_LENGTH = 64;
const NEWLINE = 0x0a;
const MIB = 2 ** 20;
/** Answers are written together, this long after the first of them. */
const WRITE_DELAY_MS = 10;
const REFRESH_MS = 2_000;
const PAUSE_MS = 30_000;
/** First read of an answer, and of a segment's entries. */
const READ_BYTES = 16 * 1024;
const SCAN_BYTES = MIB;
/** Durable: the segments of all processes of a project lie here. */
const FOLDER = 'data/cache';
/** More than any offset in a segment, its last entry included. */
const OFFSETS = 2 ** 26;

export function createAnswerCache(options: AnswerCacheOptions): AnswerCache {
  const { backend, log, maxBytes = 1024 * MIB, segmentBytes = 32 * MIB } = options;
  const { pauseMs = PAUSE_MS } = options;
  const segments: Segment[] = [];
  const known = new Map<string, Segment>();
  /** Segment number × `OFFSETS` + offset of each answer. */
  const index = new AnswerIndex();
  let own: OwnSegment | undefined;
  let pending = new PendingLines();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  let refreshing: Promise<void> | undefined;
  let refreshedAtMs = -Infinity;
  let pausedUntilMs = -Infinity;

  function segmentOf(name: string): Segment {
    const segment = known.get(name) ?? {
      number: segments.length,
      file: `${FOLDER}/${name}`,
      indexedBytes: 0,
    };
    if (!known.has(name)) segments.push(segment);
    known.set(name, segment);
    return segment;
  }

  function point(key: string, segment: Segment, offset: number): void {
    index.set(key, segment.number * OFFSETS + offset);
  }

  async function namesByAge(): Promise<string[]> {
    // They begin with the time of their making.
    return (await backend.list(FOLDER)).filter((name) => name.endsWith('.jsonl'));
  }

  async function refresh(): Promise<void> {
    for (const name of await namesByAge()) {
      const segment = segmentOf(name);
      // Evicted by another process meanwhile, or not to be read: then it has no answers for this one.
      if (segment !== own?.segment) await scan(segment).catch(() => {});
    }
    refreshedAtMs = performance.now();
  }

  async function scan(segment: Segment): Promise<void> {
    const size = await sizeOf(segment.file);
    let rest = Buffer.alloc(0);
    for (let offset = segment.indexedBytes; offset < size; offset += SCAN_BYTES) {
      const chunk = await backend.read(segment.file, offset, Math.min(SCAN_BYTES, size - offset));
      const lines = Buffer.concat([rest, chunk]);
      let start = 0;
      for (let end = lines.indexOf(NEWLINE); end !== -1; end = lines.indexOf(NEWLINE, start)) {
        if (end - start > KEY_LENGTH) {
          point(lines.toString('latin1', start, start + KEY_LENGTH), segment, segment.indexedBytes);
        }
        segment.indexedBytes += end + 1 - start;
        start = end + 1;
      }
      rest = lines.subarray(start);
    }
  }

  async function read(key: string, location: number): Promise<ChatAnswer | undefined> {
    const segment = segments[Math.floor(location / OFFSETS)];
    if (segment === undefined) return undefined;
    const line = await readLine(segment.file, location % OFFSETS);
    // What this module wrote, as the key before it shows.
    return line.startsWith(`${key}\t`) ? (JSON.parse(line.slice(KEY_LENGTH + 1)) as ChatAnswer) : undefined;
  }

  function lookUp(key: string): Promise<ChatAnswer | undefined> | undefined {
    const location = index.get(key);
    return location === undefined ? undefined : read(key, location).catch(() => undefined);
  }

  async function write(): Promise<void> {
    const batch = pending;
    pending = new PendingLines();
    own ??= await startSegment();
    const { segment, lines } = own;
    lines.append(batch.bytes);
    for (const [place, key] of batch.keys.entries()) {
      point(key, segment, segment.indexedBytes + (batch.starts[place] ?? 0));
    }
    segment.indexedBytes += batch.sizeBytes;
    if (segment.indexedBytes >= segmentBytes) endSegment();
  }

  function endSegment(): void {
    const ended = own;
    own = undefined;
    ended?.lines.close();
  }

  async function startSegment(): Promise<OwnSegment> {
    const names = await namesByAge();
    const sizes = await Promise.all(names.map((name) => sizeOf(`${FOLDER}/${name}`)));
    let total = sizes.reduce((sum, size) => sum + size, segmentBytes);
    for (const [place, name] of names.entries()) {
      if (total <= maxBytes) break;
      total -= sizes[place] ?? 0;
      await backend.delete(`${FOLDER}/${name}`);
    }
    const segment = segmentOf(
      `${String(Date.now()).padStart(15, '0')}-${randomBytes(8).toString('hex')}.jsonl`,
    );
    return { segment, lines: backend.openLog(segment.file) };
  }

  /** The line that begins at an offset, without its end; nothing if it has none. */
  async function readLine(file: string, offset: number): Promise<string> {
    for (let length = READ_BYTES; ; length *= 4) {
      const bytes = await backend.read(file, offset, length);
      const end = bytes.indexOf(NEWLINE);
      if (end !== -1 || bytes.length < length) return bytes.toString('utf8', 0, Math.max(0, end));
    }
  }

  async function sizeOf(file: string): Promise<number> {
    return (await backend.stat(file))?.sizeBytes ?? 0;
  }

  function writeSoon(): void {
    timer = undefined;
    writing = writing.then(write).catch((error: unknown) => {
      pausedUntilMs = performance.now() + pauseMs;
      pending = new PendingLines();
      log.warn({ err: error }, `the cache of answers cannot be written: it keeps nothing for ${pauseMs} ms`);
      // What was written of its last line, if anything, must not run into the next one.
      endSegment();
    });
  }

  return {
    find(key) {
      if (performance.now() - refreshedAtMs <= REFRESH_MS) return lookUp(key);
      refreshing ??= refresh()
        .catch(() => {
          refreshedAtMs = performance.now();
        })
        .finally(() => (refreshing = undefined));
      return refreshing.then(() => lookUp(key));
    },
    keep(key, answer) {
      if (performance.now() < pausedUntilMs) return;
      pending.add(key, JSON.stringify(answer));
      timer ??= setTimeout(writeSoon, WRITE_DELAY_MS);
    },
    async close() {
      clearTimeout(timer);
      if (pending.sizeBytes > 0) writeSoon();
      await writing;
      endSegment();
    },
  };
}
