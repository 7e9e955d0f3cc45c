/** When an execution of a run must hand over to the next one (Temporal's continue-as-new), and what it may still begin. Pure. */

import type { Gate } from './gate.ts';

/**
 * Events after which an execution begins nothing more. What is in flight then (at most 200 activities and 200 child
 * runs) adds up to six events each, so that the history stays below 10,000 (invariant 6).
 */
export const MAX_HISTORY_EVENTS = 6_000;

/** Bytes of history likewise: Temporal ends a run at 50 MB. */
export const MAX_HISTORY_BYTES = 16_000_000;

/**
 * The gate of everything that a run asks of workers or of other runs. Once the execution is long enough,
 * nothing new begins; when all that was in flight has ended, the handover is due. What waits for an operator or a time
 * is not in flight: the next execution waits on.
 */
export class Handover implements Gate {
  readonly #isLong: () => boolean;
  readonly #turnedAway: (() => void)[] = [];
  #inFlight = 0;
  #hasBegun = false;
  #isCalledOff = false;

  /** @param isLong whether this execution should hand over. */
  constructor(isLong: () => boolean) {
    this.#isLong = isLong;
  }

  /** Once the execution is long it never opens: the next one will do the work. */
  enter(): Promise<void> | undefined {
    this.#hasBegun ||= !this.#isCalledOff && this.#isLong();
    if (this.#hasBegun) return new Promise<void>((resolve) => this.#turnedAway.push(resolve));
    this.#inFlight += 1;
    return undefined;
  }

  leave(): void {
    this.#inFlight -= 1;
  }

  /** Whether nothing new begins and nothing is in flight. */
  get isDue(): boolean {
    return this.#hasBegun && this.#inFlight === 0;
  }

  /** The run is cancelled: this execution sees it through. */
  callOff(): void {
    this.#isCalledOff = true;
    this.#hasBegun = false;
    for (const goOn of this.#turnedAway.splice(0)) {
      this.#inFlight += 1;
      goOn();
    }
  }
}
