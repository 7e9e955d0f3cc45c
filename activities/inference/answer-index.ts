/** 32 MiB: room for one and a half million answers. */
const MOST_SLOTS = 2 ** 21;
const FIRST_SLOTS = 2 ** 12;
/** An answer lies in one of so many slots, the first of them by its key. */
const WINDOW = 32;
const FREE = -1;

/**
 * From the first 52 bits of an answer's key to where it lies: a hash table with linear probing in typed arrays, 16 bytes a
 * slot, because there may be a million answers and a `Map` takes 80 bytes for each. It is part of a cache: once it has its
 * full size, an answer that finds no free slot takes the place of another one.
 */
export class AnswerIndex {
  private readonly mostSlots: number;
  private keys = new Float64Array(FIRST_SLOTS).fill(FREE);
  private locations = new Float64Array(FIRST_SLOTS);

  /** @param mostSlots a power of two, at least 4096. */
  constructor(mostSlots = MOST_SLOTS) {
    this.mostSlots = mostSlots;
  }

  /** @param key sha256, hex. */
  get(key: string): number | undefined {
    const short = shortKey(key);
    const slot = this.slotOf(short);
    return slot !== undefined && this.keys[slot] === short ? this.locations[slot] : undefined;
  }

  /** @param key sha256, hex. @param location an integer. */
  set(key: string, location: number): void {
    this.put(shortKey(key), location);
  }

  private put(short: number, location: number): void {
    let slot = this.slotOf(short);
    while (slot === undefined && this.keys.length < this.mostSlots) {
      this.grow();
      slot = this.slotOf(short);
    }
    slot ??= short % this.keys.length;
    this.keys[slot] = short;
    this.locations[slot] = location;
  }

  private grow(): void {
    const { keys, locations } = this;
    this.keys = new Float64Array(2 * keys.length).fill(FREE);
    this.locations = new Float64Array(2 * keys.length);
    for (const [slot, short] of keys.entries()) if (short !== FREE) this.put(short, locations[slot] ?? 0);
  }

  /** Where the key lies, or else the first free slot of its window. */
  private slotOf(short: number): number | undefined {
    const { keys } = this;
    const home = short % keys.length;
    for (let step = 0; step < WINDOW; step += 1) {
      const slot = (home + step) % keys.length;
      const found = keys[slot];
      if (found === short || found === FREE) return slot;
    }
    return undefined;
  }
}

function shortKey(key: string): number {
  return Number.parseInt(key.slice(0, 13), 16);
}
