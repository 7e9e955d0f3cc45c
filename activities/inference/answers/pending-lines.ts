const FIRST_BYTES = 64 * 1024;

/**
 * Lines on their way into a file, as bytes in one buffer: where a server answers at once, a buffer for each is a burden on
 * the garbage collector.
 */
export class PendingLines {
  /** The key of each line. */
  readonly keys: string[] = [];
  /** Where each line begins, in bytes. */
  readonly starts: number[] = [];
  sizeBytes = 0;
  private buffer = Buffer.allocUnsafe(FIRST_BYTES);

  /** A line of a key, a tab and a value. */
  add(key: string, value: string): void {
    // UTF-8 takes at most three bytes for a UTF-16 code unit.
    this.reserve(this.sizeBytes + 3 * (key.length + value.length) + 2);
    this.keys.push(key);
    this.starts.push(this.sizeBytes);
    this.sizeBytes += this.buffer.write(`${key}\t${value}\n`, this.sizeBytes);
  }

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.sizeBytes);
  }

  private reserve(sizeBytes: number): void {
    if (sizeBytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(sizeBytes, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.sizeBytes);
    this.buffer = larger;
  }
}
