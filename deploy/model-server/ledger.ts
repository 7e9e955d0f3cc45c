/** What a model was asked and what became of it: for tests (was a call paid twice?) and for `/metrics`. */

/** Answer of `GET /simulation/counts`, per model. */
export interface Counts {
  /** Requests for this model that were well formed. */
  readonly received: number;
  /** Answered in full, as far as the server can tell. */
  readonly completed: number;
  /** Given up by the client before the answer was out. */
  readonly aborted: number;
  /** Refused for lack of room, or met by an injected fault. */
  readonly failed: number;
  /** Different bodies among the completed requests. */
  readonly distinct: number;
  /** Completed requests whose very body had been answered before: calls paid twice. */
  readonly repeated: number;
  /** Most answers that were generated at once. */
  readonly maxRunning: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Seconds at which the latency histograms are cut. */
export const latencyBuckets: readonly number[] = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];

/** A histogram as Prometheus has it. */
export interface Histogram {
  /** Values up to each of `latencyBuckets`. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}

/** What a completed request came to. */
export interface Completion {
  /** Digest of the request's body. */
  readonly digest: string;
  readonly finishReasons: readonly string[];
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly queuedSeconds: number;
  readonly totalSeconds: number;
}

export interface Ledger {
  readonly receive: () => void;
  readonly abort: () => void;
  readonly fail: () => void;
  readonly complete: (completion: Completion) => void;
  readonly counts: (maxRunning: number) => Counts;
  /** Answers by finish reason. */
  readonly finished: ReadonlyMap<string, number>;
  readonly queueTime: () => Histogram;
  readonly latency: () => Histogram;
}

/**
 * Creates the ledger of one model.
 *
 * @param onCompleted told of each completed request: for those who count call by call.
 */
export function createLedger(onCompleted: (completion: Completion) => void = () => {}): Ledger {
  const answered = new Set<string>();
  const finished = new Map<string, number>();
  const queueTime = createHistogram();
  const latency = createHistogram();
  let [received, completed, aborted, failed, promptTokens, completionTokens] = [0, 0, 0, 0, 0, 0];
  return {
    finished,
    receive: () => void (received += 1),
    abort: () => void (aborted += 1),
    fail: () => void (failed += 1),
    complete(completion) {
      completed += 1;
      onCompleted(completion);
      answered.add(completion.digest);
      promptTokens += completion.promptTokens;
      completionTokens += completion.completionTokens;
      for (const reason of completion.finishReasons) finished.set(reason, (finished.get(reason) ?? 0) + 1);
      queueTime.observe(completion.queuedSeconds);
      latency.observe(completion.totalSeconds);
    },
    counts: (maxRunning) => ({
      received,
      completed,
      aborted,
      failed,
      distinct: answered.size,
      repeated: completed - answered.size,
      maxRunning,
      promptTokens,
      completionTokens,
    }),
    queueTime: queueTime.read,
    latency: latency.read,
  };
}

function createHistogram(): { observe: (seconds: number) => void; read: () => Histogram } {
  const counts = latencyBuckets.map(() => 0);
  let [count, sum] = [0, 0];
  return {
    observe(seconds) {
      count += 1;
      sum += seconds;
      for (const [index, bound] of latencyBuckets.entries()) {
        if (seconds <= bound) counts[index] = (counts[index] ?? 0) + 1;
      }
    },
    read: () => ({ counts: [...counts], count, sum }),
  };
}
