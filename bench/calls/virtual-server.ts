/** A server in virtual time, so that minutes of a slow one take milliseconds: the capacity model of `deploy/model-server`. */
import { ConcurrencyLimit } from '../../activities/inference/servers/concurrency-limit.ts';
import { createRandom } from '../../activities/randomness/random.ts';

/** What it can do from a moment on. */
export interface Capacity {
  readonly fromMs: number;
  /** Answers that are generated at once. */
  readonly slots: number;
  /** Of each answer. */
  readonly tokensPerSecond: number;
}

export interface Load {
  readonly capacities: readonly Capacity[];
  /** Callers who always have one more call. */
  readonly callers: number;
  readonly endMs: number;
  /** Only what is answered then counts. */
  readonly isMeasured: (nowMs: number) => boolean;
}

/** What lets requests in: the search, or a fixed number. */
export type Policy = 'search' | number;

/** Tokens that are answered in the measured time. */
export function tokensOf({ capacities, callers, endMs, isMeasured }: Load, policy: Policy): number {
  const random = createRandom(1);
  const limit = new ConcurrencyLimit();
  const running: {
    readonly tokens: number;
    readonly madeAtMs: number;
    readonly inFlight: number;
    endsAtMs: number;
  }[] = [];
  const waiting: typeof running = [];
  let inFlight = 0;
  let nowMs = 0;
  let tokens = 0;
  const capacityAt = (atMs: number): Capacity => {
    const capacity = capacities.findLast(({ fromMs }) => fromMs <= atMs);
    if (capacity === undefined) throw new RangeError('The first capacity begins at 0.');
    return capacity;
  };
  while (nowMs < endMs) {
    while (inFlight < callers && (policy === 'search' ? limit.hasPlace : inFlight < policy)) {
      inFlight += 1;
      limit.begin();
      waiting.push({ tokens: 20 + Math.floor(180 * random()), madeAtMs: nowMs, inFlight, endsAtMs: 0 });
    }
    const { slots, tokensPerSecond } = capacityAt(nowMs);
    while (running.length < slots) {
      const next = waiting.shift();
      if (next === undefined) break;
      next.endsAtMs = nowMs + (1000 * next.tokens) / tokensPerSecond;
      running.push(next);
    }
    const soonest = running.reduce((best, one) => (one.endsAtMs < best.endsAtMs ? one : best));
    running.splice(running.indexOf(soonest), 1);
    nowMs = soonest.endsAtMs;
    inFlight -= 1;
    if (isMeasured(nowMs)) tokens += soonest.tokens;
    limit.answer(1 + soonest.tokens, nowMs, {
      elapsedMs: nowMs - soonest.madeAtMs,
      inFlight: soonest.inFlight,
    });
  }
  return tokens;
}
