/**
 * Journals: finished items of a shard that is still being made, one JSON line each. Invariants:
 * J1. `append` hands the entry over at once, so that a killed process loses none; when it resolves the entry is on disk, so
 *     that a power cut loses none either.
 * J2. A line that was cut by a kill or a full disk costs that line alone: what follows starts on a line of its own.
 * J3. Nothing is ever taken out of the file, so two attempts at once do not destroy each other's entries.
 * J4. An open journal holds room on the disk for what is in flight. A journal that finds none cannot be opened, so that
 *     nothing is asked for what could not be kept; where the disk is full later, the room goes to the entries that still come.
 */
import { randomBytes } from 'node:crypto';
import { isDiskFull } from '../../../definitions/documents/system-error.ts';
import { getText, type Backend } from '../backend.ts';
import type { Journal } from '../store.ts';

/** Of the answers of some hundred calls, each with its row and its line in the ledger. */
const ROOM_BYTES = 2 ** 18;

/** Key of what holds the room of a journal. */
export function roomOf(journalKey: string): string {
  return `${journalKey}.room`;
}

/**
 * Opens the journal under a key, making it if there is none. Of several entries with one key the last one counts. Rejects with
 * the system's error where the disk is full or must not be written (J4).
 */
export async function openJournal<Entry>(backend: Backend, key: string): Promise<Journal<Entry>> {
  const text = (await getText(backend, key)) ?? '';
  const { finished, damagedLines } = parse<Entry>(text);
  // Bytes that no file system makes smaller.
  await backend.put(roomOf(key), randomBytes(ROOM_BYTES));
  const log = backend.openLog(key);
  let isTorn = text !== '' && !text.endsWith('\n');
  let closing: Promise<void> | undefined;
  const write = (line: string): void => {
    const bytes = Buffer.from(isTorn ? `\n${line}` : line);
    isTorn = true;
    log.append(bytes);
    isTorn = false;
  };
  return {
    finished,
    damagedLines,
    async append(name, entry) {
      if (closing !== undefined) throw new Error(`The journal ${key} is closed.`);
      const line = `${JSON.stringify({ key: name, entry })}\n`;
      try {
        write(line);
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        await backend.delete(roomOf(key));
        write(line);
        await log.sync();
        // The entry is kept, and nobody is to ask for more.
        throw error;
      }
      await log.sync();
    },
    close: () =>
      (closing ??= log.sync().finally(async () => {
        log.close();
        await backend.delete(roomOf(key));
      })),
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
