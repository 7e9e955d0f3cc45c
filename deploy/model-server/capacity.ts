/** A simulated GPU's capacity: so many answers at once, each at its own speed, the rest waiting in order of arrival. */
import { ApiError } from './api-error.ts';

export interface CapacityOptions {
  /** Answers that are generated at once; absent = any number. */
  readonly slots?: number | undefined;
  /** Speed of each answer, in tokens per second; absent = at once. */
  readonly tokensPerSecond?: number | undefined;
  /** Answers running and waiting together, above which a request is refused with 503; absent = any number. */
  readonly queueLimit?: number | undefined;
}

/** How long an admitted answer took, in seconds. */
interface Service {
  readonly queued: number;
  readonly running: number;
}

export interface Capacity {
  readonly running: number;
  readonly waiting: number;
  /** Most answers that ever ran at once. */
  readonly maxRunning: number;
  /** Queues for a slot, for as long as this many tokens take. Throws `ApiError` `QUEUE_FULL` when there is no room. */
  readonly enter: (tokenCount: number) => Ticket;
}

/** A place in the queue or in a slot. */
export interface Ticket {
  /** Settles when the answer is generated; undefined if it was given up. */
  readonly served: Promise<Service | undefined>;
  /** Gives the place up, which frees the slot at once. Does nothing once it is served. */
  readonly leave: () => void;
}

interface Entry {
  readonly durationMs: number;
  readonly arrivedAt: number;
  settle: (service: Service | undefined) => void;
  timer: NodeJS.Timeout | undefined;
}

const atOnce: Ticket = { served: Promise.resolve({ queued: 0, running: 0 }), leave: () => undefined };

const FULL =
  'The engine is currently busy and cannot accept new requests. Please try again later or on a different instance.';

/** Creates the capacity of one model. */
export function createCapacity(options: CapacityOptions): Capacity {
  const slots = options.slots ?? Infinity;
  const queueLimit = options.queueLimit ?? Infinity;
  const running = new Set<Entry>();
  const waiting = new Set<Entry>();
  let maxRunning = 0;

  /** `at` is the ideal moment: timers fire late, and what they lose must not add up over a queue. */
  function start(entry: Entry, at: number): void {
    running.add(entry);
    maxRunning = Math.max(maxRunning, running.size);
    const endsAt = at + entry.durationMs;
    entry.timer = setTimeout(
      () => {
        entry.settle({ queued: (at - entry.arrivedAt) / 1000, running: entry.durationMs / 1000 });
        release(entry, endsAt);
      },
      Math.max(0, endsAt - performance.now()),
    );
  }

  function release(entry: Entry, at: number): void {
    running.delete(entry);
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    start(next, Math.max(at, next.arrivedAt));
  }

  function leave(entry: Entry): void {
    if (running.has(entry)) {
      clearTimeout(entry.timer);
      release(entry, performance.now());
    } else if (!waiting.delete(entry)) {
      return;
    }
    entry.settle(undefined);
  }

  return {
    get running() {
      return running.size;
    },
    get waiting() {
      return waiting.size;
    },
    get maxRunning() {
      return maxRunning;
    },
    enter(tokenCount) {
      if (running.size + waiting.size >= queueLimit) throw new ApiError('QUEUE_FULL', FULL);
      const durationMs = (1000 * tokenCount) / (options.tokensPerSecond ?? Infinity);
      if (slots === Infinity && durationMs === 0) return atOnce;
      const arrivedAt = performance.now();
      const entry: Entry = { durationMs, arrivedAt, settle: () => undefined, timer: undefined };
      const served = new Promise<Service | undefined>((resolve) => {
        entry.settle = resolve;
      });
      if (running.size < slots) start(entry, arrivedAt);
      else waiting.add(entry);
      return { served, leave: () => leave(entry) };
    },
  };
}
