import { createHash } from 'node:crypto';

/** Entries kept; the one used longest ago goes first. */
const MAX_ENTRIES = 256;

/** Keeps what was made of something by its content: a digest of all that it follows from. */
export class ContentCache<T> {
  readonly #entries = new Map<string, T>();

  /** @param content all that the value follows from, as JSON. */
  get(content: readonly unknown[], make: () => T): T {
    const key = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    const entries = this.#entries;
    const known = entries.get(key);
    const value = known === undefined ? make() : known;
    entries.delete(key);
    entries.set(key, value);
    for (const oldest of entries.keys()) {
      if (entries.size <= MAX_ENTRIES) break;
      entries.delete(oldest);
    }
    return value;
  }
}
