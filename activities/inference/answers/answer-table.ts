const FIRST_SLOTS = 2 ** 8;
const GROWTH = 1.25;
const BUCKET_SLOTS = 16;
/** A slot holds 32 bits of the key; 20 more bits and the upper 12 of the location; the lower 32 bits of the location. */
const SLOT_WORDS = 3;
const WORD = 2 ** 32;
const UPPER = 2 ** 12;

/**
 * From the first 52 bits of an answer's key to where it lies: a hash table in a typed array, 12 bytes a slot, because there
 * may be a million answers and a `Map` takes 80 bytes for each. A key has two buckets and goes into the emptier one, which
 * fills a table to 85% before two of them are full (Azar et al., "Balanced Allocations", 1999), where linear probing
 * of as many slots comes to 40%. It is part of a cache: once it has its full size, an answer that finds no free slot
 * takes the place of another one.
 */
export class AnswerTable {
  private readonly mostBuckets: number;
  /** Slots in use of each bucket: its first ones. */
  private counts = new Uint8Array(FIRST_SLOTS / BUCKET_SLOTS);
  private words = new Uint32Array(FIRST_SLOTS * SLOT_WORDS);

  /** @param mostSlots a multiple of 16, at least 256. */
  constructor(mostSlots: number) {
    this.mostBuckets = mostSlots / BUCKET_SLOTS;
  }

  /** @param key sha256, hex. */
  get(key: string): number | undefined {
    const { words } = this;
    const at = this.find(head(key), tail(key));
    return at === undefined ? undefined : ((words[at + 1] ?? 0) % UPPER) * WORD + (words[at + 2] ?? 0);
  }

  /** @param key sha256, hex. @param location an integer from 0 to 2 ** 44 - 1. */
  set(key: string, location: number): void {
    const [first, rest] = [head(key), tail(key)];
    const second = rest * UPPER + Math.floor(location / WORD);
    this.write(this.find(first, rest) ?? this.room(first, rest), first, second, location % WORD);
  }

  private write(at: number, first: number, second: number, third: number): void {
    this.words[at] = first;
    this.words[at + 1] = second;
    this.words[at + 2] = third;
  }

  /** The first word of a slot for a key that has none. */
  private room(first: number, rest: number): number {
    let at = this.take(first, rest);
    while (at === undefined && this.counts.length < this.mostBuckets) {
      this.grow();
      at = this.take(first, rest);
    }
    return at ?? wordOf(this.bucket(first), rest % BUCKET_SLOTS);
  }

  private grow(): void {
    const { counts, words } = this;
    const buckets = Math.min(this.mostBuckets, Math.ceil(GROWTH * counts.length));
    this.counts = new Uint8Array(buckets);
    this.words = new Uint32Array(buckets * BUCKET_SLOTS * SLOT_WORDS);
    for (const [bucket, count] of counts.entries()) {
      const end = wordOf(bucket, count);
      for (let at = wordOf(bucket, 0); at < end; at += SLOT_WORDS) {
        const [first, second, third] = [words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0];
        this.write(this.room(first, Math.floor(second / UPPER)), first, second, third);
      }
    }
  }

  /** The first word of the key's slot, if it has one. */
  private find(first: number, rest: number): number | undefined {
    return (
      this.findIn(this.bucket(first), first, rest) ?? this.findIn(this.otherBucket(first, rest), first, rest)
    );
  }

  private findIn(bucket: number, first: number, rest: number): number | undefined {
    const { words } = this;
    const end = wordOf(bucket, this.counts[bucket] ?? 0);
    for (let at = wordOf(bucket, 0); at < end; at += SLOT_WORDS) {
      if (words[at] === first && Math.floor((words[at + 1] ?? 0) / UPPER) === rest) return at;
    }
    return undefined;
  }

  /** The first word of a slot that is taken into use for the key; undefined if both of its buckets are full. */
  private take(first: number, rest: number): number | undefined {
    const { counts } = this;
    const one = this.bucket(first);
    const other = this.otherBucket(first, rest);
    const bucket = (counts[other] ?? 0) < (counts[one] ?? 0) ? other : one;
    const slot = counts[bucket] ?? 0;
    if (slot === BUCKET_SLOTS) return undefined;
    counts[bucket] = slot + 1;
    return wordOf(bucket, slot);
  }

  private bucket(first: number): number {
    return first % this.counts.length;
  }

  /** By the bits of the key that tell least of the first bucket. */
  private otherBucket(first: number, rest: number): number {
    return (rest * UPPER + (first >>> 20)) % this.counts.length;
  }
}

/** The first word of a slot. */
function wordOf(bucket: number, slot: number): number {
  return (bucket * BUCKET_SLOTS + slot) * SLOT_WORDS;
}

/** The first 32 bits. */
function head(key: string): number {
  return Number.parseInt(key.slice(0, 8), 16);
}

/** The 20 bits after them. */
function tail(key: string): number {
  return Number.parseInt(key.slice(8, 13), 16);
}
