/**
 * How many requests a server is given at once: a search for the knee of its throughput, by what it gets done.
 *
 * Latency does not show the knee of a server that batches: from 64 to 256 requests in flight a GPU answers each of them
 * half as fast and all of them together twice as fast. So this climbs the hill of throughput itself, as the thread pool
 * of .NET does (Hellerstein et al., "Optimizing Concurrency Levels in the .NET ThreadPool", 2008), with the slow start
 * of TCP before (Jacobson, "Congestion Avoidance and Control", 1988) and its multiplicative decrease (Chiu and Jain,
 * "Analysis of the Increase and Decrease Algorithms …", 1989) when the server says that it is too much:
 * 1. Slow start: the limit doubles as long as that gets a tenth more done. It stays at the first one that twice got no more.
 * 2. Then it is held, and now and then another one is tried for a while, in turn a quarter higher and a quarter lower. A
 *    higher one is kept if it gets 3% more done, a lower one if it twice gets no more than 2% less done. Each trial in vain
 *    doubles the time to the next. None lower is tried of a server that answers at once.
 * 3. A refusal lowers the limit to 0.7 of what was in flight but no more than by half, once for all requests that were
 *    under way then.
 * What is got done is measured only while the limit is what holds requests back, and after a change only once the
 * requests of before it have ended. A limit somewhat above the knee costs little (the rest waits at the server, which
 * keeps its batch full), one below it costs throughput: so the search errs upwards. Machines that have other things to do
 * are twice as fast one second as the next; what says that fewer at once would do has to be said twice.
 */

const START = 16;
/** vLLM's largest default of running sequences. */
const MAX = 1024;
/** What doubling the limit must at least bring. */
const DOUBLING_GAIN = 1.1;
const STEP = 1.25;
/** What a step up must at least bring. */
const STEP_GAIN = 1.03;
/** What a step down may at most cost. */
const STEP_LOSS = 0.98;
const DECREASE = 0.7;
/** As low as one refusal sets the limit, however few requests were under way. */
const GREATEST_DECREASE = 0.5;
/** Answers in a measurement, in multiples of the limit. */
const SLOW_START_ROUNDS = 1;
const ROUNDS = 3;
/** Measurements in a row that speak for fewer requests at once before that is believed. */
const LEAST_AGREEING = 2;
/** Fewest answers in a measurement: a few long answers must not decide. */
const LEAST_ANSWERS = 32;
/** A server that answers so soon has no line worth shortening, and noise led the limit down to one. */
const SOON_MS = 20;
/** Share of a new measurement in the throughput of the limit that is held. */
const SMOOTHING = 0.3;
/** Measurements from one trial to the next. */
const FIRST_INTERVAL = 2;
const LAST_INTERVAL = 32;

/** What the limit is just now: still doubling, the one that is held, or one on trial. */
type Phase = 'doubling' | 'held' | 'higher' | 'lower';

export class ConcurrencyLimit {
  /** Requests under way. */
  inFlight = 0;
  private limit = START;
  private phase: Phase = 'doubling';
  /** The limit that is held while another one is tried, and what it gets done per millisecond; 0 = not known yet. */
  private held = START;
  private heldRate = 0;
  private interval = FIRST_INTERVAL;
  private measurements = 0;
  /** Measurements in a row that speak for fewer. */
  private agreeing = 0;
  private nextTrial: 'higher' | 'lower' = 'higher';
  private loweredAtMs = -Infinity;
  /** Answers still to come of requests made under an earlier limit. */
  private settling = START;
  private measuredFromMs = 0;
  private answers = 0;
  private work = 0;
  private starts = 0;
  private fullStarts = 0;
  /** Fewest requests that were under way in this measurement. */
  private fewest = Infinity;

  /** Requests that may be under way at once, 1 to 1024. */
  get most(): number {
    return this.limit;
  }

  get hasPlace(): boolean {
    return this.inFlight < this.limit;
  }

  /** A request is made. */
  begin(): void {
    this.inFlight += 1;
    this.starts += 1;
    if (this.inFlight >= this.limit) this.fullStarts += 1;
  }

  /** A request ended without an answer. */
  end(): void {
    this.inFlight -= 1;
  }

  /** A request was answered. @param work what the answer was to the server, in any unit that adds up, such as tokens. */
  answer(work: number, nowMs: number): void {
    this.fewest = Math.min(this.fewest, this.inFlight);
    this.inFlight -= 1;
    if (this.settling > 0) {
      this.settling -= 1;
      if (this.settling === 0) this.startMeasuring(nowMs);
      return;
    }
    this.answers += 1;
    this.work += work;
    const rounds = this.phase === 'doubling' ? SLOW_START_ROUNDS : ROUNDS;
    if (this.answers >= Math.max(LEAST_ANSWERS, rounds * this.limit)) {
      const elapsedMs = nowMs - this.measuredFromMs;
      // The latency by Little's law.
      if (this.isBinding && elapsedMs > 0) {
        this.judge(this.work / elapsedMs, (this.limit * elapsedMs) / this.answers);
      }
      this.startMeasuring(nowMs);
    }
  }

  /**
   * The server refused a request for its load, or did not get it done in time. It remains to `end` the request.
   * @param sentAtMs when that request was made.
   * @returns whether the limit was lowered; not, where it has been since.
   */
  refuse(sentAtMs: number, nowMs: number): boolean {
    if (sentAtMs < this.loweredAtMs) return false;
    this.loweredAtMs = nowMs;
    if (this.phase === 'higher') {
      this.giveUpTrial();
    } else {
      this.hold(Math.max(this.limit * GREATEST_DECREASE, Math.min(this.limit, this.inFlight) * DECREASE));
      this.heldRate = 0;
      this.interval = Math.min(LAST_INTERVAL, 2 * this.interval);
    }
    return true;
  }

  /** Starts over, as with a server that has come back. */
  restart(): void {
    this.phase = 'doubling';
    this.agreeing = 0;
    this.heldRate = 0;
    this.interval = FIRST_INTERVAL;
    this.setLimit(START);
  }

  /** Where callers had no more to ask, all the time or in a pause, the limit had no part in what got done. */
  private get isBinding(): boolean {
    return 2 * this.fullStarts >= this.starts && 2 * this.fewest >= this.limit;
  }

  /** @param latencyMs from a request to its answer. */
  private judge(rate: number, latencyMs: number): void {
    switch (this.phase) {
      case 'doubling':
        if (rate < this.heldRate * DOUBLING_GAIN) {
          this.agreeing += 1;
          // The knee is between the limit before and this one.
          if (this.agreeing === LEAST_AGREEING) this.hold(this.limit);
          return;
        }
        this.agreeing = 0;
        this.held = this.limit;
        this.heldRate = rate;
        if (this.limit === MAX) this.hold(MAX);
        else this.setLimit(this.limit * 2);
        return;
      case 'held':
        this.heldRate = this.heldRate === 0 ? rate : this.heldRate + SMOOTHING * (rate - this.heldRate);
        this.measurements += 1;
        if (this.measurements >= this.interval) this.try(latencyMs < SOON_MS ? 'higher' : this.nextTrial);
        return;
      case 'higher':
        if (rate >= this.heldRate * STEP_GAIN) this.keepTrial(rate);
        else this.giveUpTrial();
        return;
      case 'lower':
        this.agreeing += 1;
        if (rate < this.heldRate * STEP_LOSS) this.giveUpTrial();
        else if (this.agreeing === LEAST_AGREEING) this.keepTrial(rate);
    }
  }

  private try(trial: 'higher' | 'lower'): void {
    this.phase = trial;
    this.agreeing = 0;
    this.held = this.limit;
    this.setLimit(trial === 'higher' ? Math.ceil(this.limit * STEP) : Math.floor(this.limit / STEP));
  }

  private keepTrial(rate: number): void {
    this.nextTrial = this.phase === 'lower' ? 'lower' : 'higher';
    this.heldRate = rate;
    this.interval = FIRST_INTERVAL;
    this.hold(this.limit);
  }

  private giveUpTrial(): void {
    this.nextTrial = this.phase === 'higher' ? 'lower' : 'higher';
    this.interval = Math.min(LAST_INTERVAL, 2 * this.interval);
    this.hold(this.held);
  }

  private hold(limit: number): void {
    this.phase = 'held';
    this.measurements = 0;
    this.setLimit(limit);
    this.held = this.limit;
  }

  private setLimit(limit: number): void {
    this.limit = Math.max(1, Math.min(MAX, Math.floor(limit)));
    this.settling = this.inFlight + 1;
  }

  private startMeasuring(nowMs: number): void {
    this.measuredFromMs = nowMs;
    this.answers = 0;
    this.work = 0;
    this.starts = 0;
    this.fullStarts = 0;
    this.fewest = Infinity;
  }
}
