/**
 * Journals: finished items of a shard that is still being made, one JSON line each. Invariants:
 * J1. `append` hands the entry to the operating system at once, so that a killed process loses none; when it resolves
 *     the entry is on disk, so that a power cut loses none either. Appends made meanwhile share the next fdatasync.
 * J2. A line that was cut by a kill or a full disk costs that line alone: what follows starts on a line of its own.
 * J3. Nothing is ever taken out of the file, so two attempts at once do not destroy each other's entries.
 */
import { writeSync } from 'node:fs';
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing } from './atomic-write.ts';
import type { Journal } from './store.ts';

/** Opens the journal at `path`, creating it if there is none. Of several entries with one key the last one counts. */
export async function openJournal<Entry>(path: string): Promise<Journal<Entry>> {
  await mkdir(dirname(path), { recursive: true });
  const text = await readIfThere(path);
  const { finished, damagedLines } = parse<Entry>(text);
  const handle = await open(path, 'a');
  const append = createAppender(handle, text !== '' && !text.endsWith('\n'));
  let closing: Promise<void> | undefined;
  return {
    finished,
    damagedLines,
    append: (key, entry) =>
      closing === undefined
        ? append(`${JSON.stringify({ key, entry })}\n`)
        : Promise.reject(new Error(`The journal ${path} is closed.`)),
    close: () => (closing ??= append('').finally(() => handle.close())),
  };
}

/** A function that appends a line to a file (J1, J2). */
function createAppender(handle: FileHandle, endsTorn: boolean): (line: string) => Promise<void> {
  let isTorn = endsTorn;
  let syncing: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  /** Resolves after an fdatasync that began after this call. */
  function sync(): Promise<void> {
    next ??= (syncing ?? Promise.resolve())
      .catch(() => {})
      .then(() => {
        next = undefined;
        return (syncing = handle.datasync());
      });
    return next;
  }

  return async (line) => {
    if (line !== '') {
      const bytes = Buffer.from(isTorn ? `\n${line}` : line);
      isTorn = true;
      if (writeSync(handle.fd, bytes) < bytes.length) throw new Error('The disk is full.');
      isTorn = false;
    }
    await sync();
  };
}

function parse<Entry>(text: string): { finished: Map<string, Entry>; damagedLines: number } {
  const finished = new Map<string, Entry>();
  let damagedLines = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      // Entries are what this module wrote; a line that is whole JSON was written whole.
      const record: { readonly key: string; readonly entry: Entry } = JSON.parse(line);
      finished.set(record.key, record.entry);
    } catch {
      damagedLines += 1;
    }
  }
  return { finished, damagedLines };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}
