/** Spreads what a workflow hands out, and what it evaluates, over several of its activations. */
import { CancellationScope, patched, sleep, workflowInfo } from '@temporalio/workflow';
import { stepsTaken } from '../../definitions/expressions/meter.ts';
import type { Gate } from './gate.ts';

/** Characters of JSON that are handed out in one activation; what is larger than that goes alone. */
const MAX_CHARS = 4_000_000;
/** Steps of expressions after which no further task begins in one activation: half a second, and a few on a busy machine. */
const MAX_STEPS = 3_000_000;

/**
 * The gate before everything that is handed out, by its size: a worker has 5 s for one activation, and 200 inputs of 2 MB
 * take longer to write. Nothing waits where little is handed out.
 */
export class Pace {
  #chars = 0;
  /** Steps taken before this activation. */
  #stepsBefore = 0;
  /** Of the activation in which they were handed out. */
  #historyLength = 0;
  #next: Promise<void> | undefined;
  /** Those that wait until there is time for expressions, in the order in which they came. */
  readonly #resting: (() => void)[] = [];

  /** @param chars of what is handed out, as JSON. */
  gateFor(chars: number): Gate {
    return {
      enter: () => (this.#isOpen(chars) || !patched('paced') ? undefined : this.#untilOpen(chars)),
      leave: () => {},
    };
  }

  /** Undefined if there is time left for expressions in this activation, else resolves when there is. */
  rest(): Promise<void> | undefined {
    const isFree = this.#resting.length === 0 && this.#isRested();
    if (isFree || !patched('rested')) return undefined;
    const rested = new Promise<void>((resolve) => this.#resting.push(resolve));
    if (this.#resting.length === 1) void this.#release();
    return rested;
  }

  #isRested(): boolean {
    this.#look();
    return stepsTaken() - this.#stepsBefore <= MAX_STEPS;
  }

  /** Lets those go on that rest, one by one: what each has evaluated counts before the next one does. */
  async #release(): Promise<void> {
    const line = this.#resting;
    for (let place = 0; ; place += 1) {
      while (!this.#isRested()) await (this.#next ??= this.#untilNext());
      const release = line[place];
      const isLast = place >= line.length - 1;
      // Until then, whoever comes stands in line.
      if (isLast) line.length = 0;
      release?.();
      if (isLast) return;
      await Promise.resolve();
    }
  }

  /** Notices that this is another activation. */
  #look(): void {
    const { historyLength } = workflowInfo();
    if (historyLength === this.#historyLength) return;
    this.#historyLength = historyLength;
    this.#chars = 0;
    this.#stepsBefore = stepsTaken();
  }

  #isOpen(chars: number): boolean {
    this.#look();
    if (this.#chars > 0 && this.#chars + chars > MAX_CHARS) return false;
    this.#chars += chars;
    return true;
  }

  async #untilOpen(chars: number): Promise<void> {
    do await (this.#next ??= this.#untilNext());
    while (!this.#isOpen(chars));
  }

  async #untilNext(): Promise<void> {
    await CancellationScope.nonCancellable(() =>
      sleep(1, { summary: 'the next part of what starts at once' }),
    );
    this.#next = undefined;
  }
}
