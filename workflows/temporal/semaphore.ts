/** Lets at most `permits` of its users be at work at once; the others wait in the order in which they came. */
import type { Gate } from './gate.ts';

export class Semaphore implements Gate {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #head = 0;

  /** @param permits at least 1. */
  constructor(permits: number) {
    this.#free = permits;
  }

  enter(): Promise<void> | undefined {
    if (this.#free === 0) return new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
    return undefined;
  }

  /** Hands the permit to the first in line. A moving head keeps this O(1) with 100,000 in line. */
  leave(): void {
    const next = this.#waiting[this.#head];
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#head += 1;
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#head = 0;
    }
    next();
  }
}
