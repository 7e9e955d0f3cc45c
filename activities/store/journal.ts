/**
 * Journals: finished items of a shard that is still being made, one JSON line each. Invariants:
 * J1. `append` hands the entry over at once, so that a killed process loses none; when it resolves the entry is on disk, so
 *     that a power cut loses none either.
 * J2. A line that was cut by a kill or a full disk costs that line alone: what follows starts on a line of its own.
 * J3. Nothing is ever taken out of the file, so two attempts at once do not destroy each other's entries.
 */
import { getText, type Backend } from './backend.ts';
import type { Journal } from './store.ts';

/** Opens the journal under a key, making it if there is none. Of several entries with one key the last one counts. */
export async function openJournal<Entry>(backend: Backend, key: string): Promise<Journal<Entry>> {
  const text = (await getText(backend, key)) ?? '';
  const { finished, damagedLines } = parse<Entry>(text);
  const log = backend.openLog(key);
  let isTorn = text !== '' && !text.endsWith('\n');
  let closing: Promise<void> | undefined;
  return {
    finished,
    damagedLines,
    async append(name, entry) {
      if (closing !== undefined) throw new Error(`The journal ${key} is closed.`);
      const line = `${JSON.stringify({ key: name, entry })}\n`;
      const bytes = Buffer.from(isTorn ? `\n${line}` : line);
      isTorn = true;
      log.append(bytes);
      isTorn = false;
      await log.sync();
    },
    close: () => (closing ??= log.sync().finally(() => log.close())),
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
