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
 * 4. None of that has to be waited for while a server shows no line at all: where requests that were made with the limit in
 *    use get their tokens as fast as any did, the limit is doubled at once, also long after, since servers change. Those of
 *    5 tokens a second take minutes for what the rules above need. Not beyond what was refused lately.
 * A long answer is no sign of anything: only its time for each token is.
 *
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
/** As many do where those would take longer than this. */
const FEW_ANSWERS = 8;
const LONG_MS = 30_000;
/** Longest time to a higher trial where the limit is below that of the start, to which it may have fallen by refusals. */
const LONGEST_INTERVAL_MS = 180_000;
/** How much slower than ever a server may give its tokens and show no line. */
const NO_LINE = 1.25;
/** Answers that must show none: a share of the limit, and at least so many. */
const NO_LINE_SHARE = 0.25;
const NO_LINE_ANSWERS = 2;
/** What was refused is not tried again by doubling for so long; twice as long after each further refusal. */
const WARY_MS = 60_000;
const MOST_WARY_MS = 960_000;
/** A held limit that gets so much less done than before is that of a server that has changed. */
const CHANGED = 0.7;
/** A server that answers so soon has no line worth shortening, and noise led the limit down to one. */
const SOON_MS = 20;
/** Share of a new measurement in the throughput of the limit that is held. */
const SMOOTHING = 0.3;
/** Measurements from one trial to the next. */
const FIRST_INTERVAL = 2;
const LAST_INTERVAL = 32;

/** What the limit is just now: still doubling, the one that is held, or one on trial. */
type Phase = 'doubling' | 'held' | 'higher' | 'lower';

/** How an answer came about. */
export interface Served {
  /** From the request to the answer. */
  readonly elapsedMs: number;
  /** Requests under way when it was made, itself included. */
  readonly inFlight: number;
}

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
  private triedAtMs = 0;
  /** Least time for a unit of work; Infinity = not known yet. */
  private leastMs = Infinity;
  /** Answers in a row of requests made with the limit in use, and how much slower than the least they were, in all. */
  private looks = 0;
  private slowness = 0;
  /** What was refused lately: the limit is not doubled beyond. */
  private refusedLimit = Infinity;
  private waryUntilMs = -Infinity;
  private waryMs = WARY_MS;
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

  /**
   * A request was answered.
   * @param work what the answer was to the server, in any unit that adds up, such as tokens.
   * @param served how it came about, where that is known.
   */
  answer(work: number, nowMs: number, served?: Served): void {
    this.fewest = Math.min(this.fewest, this.inFlight);
    this.inFlight -= 1;
    if (served !== undefined && this.showsNoLine(served, work)) {
      this.doubleAtOnce(nowMs);
      return;
    }
    if (this.settling > 0) {
      this.settling -= 1;
      if (this.settling === 0) this.startMeasuring(nowMs);
      return;
    }
    this.answers += 1;
    this.work += work;
    const rounds = this.phase === 'doubling' ? SLOW_START_ROUNDS : ROUNDS;
    const elapsedMs = nowMs - this.measuredFromMs;
    const least = elapsedMs < LONG_MS ? LEAST_ANSWERS : FEW_ANSWERS;
    if (this.answers >= Math.max(least, rounds * this.limit)) {
      // The latency by Little's law.
      if (this.isBinding && elapsedMs > 0) {
        this.judge(this.work / elapsedMs, (this.limit * elapsedMs) / this.answers, nowMs);
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
    this.waryMs = nowMs < this.waryUntilMs + this.waryMs ? Math.min(MOST_WARY_MS, 2 * this.waryMs) : WARY_MS;
    this.waryUntilMs = nowMs + this.waryMs;
    this.refusedLimit = this.inFlight;
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
    this.leastMs = Infinity;
    this.setLimit(START);
  }

  /** Whether, by this answer and those before it, the server could do more at once. */
  private showsNoLine({ elapsedMs, inFlight }: Served, work: number): boolean {
    const ms = elapsedMs / work;
    this.leastMs = Math.min(this.leastMs, ms);
    // Of requests with few beside them nothing follows for more of them.
    if (inFlight < this.limit - 1) return false;
    this.looks += 1;
    this.slowness += ms / this.leastMs;
    if (this.looks < Math.max(NO_LINE_ANSWERS, NO_LINE_SHARE * this.limit)) return false;
    const isFast = this.slowness <= NO_LINE * this.looks;
    this.looks = 0;
    this.slowness = 0;
    return isFast;
  }

  private doubleAtOnce(nowMs: number): void {
    const most = nowMs < this.waryUntilMs ? this.refusedLimit - 1 : MAX;
    const limit = Math.min(most, 2 * this.limit);
    if (limit <= this.limit) return;
    this.phase = 'doubling';
    this.agreeing = 0;
    this.held = this.limit;
    this.setLimit(limit);
  }

  /** Where callers had no more to ask, all the time or in a pause, the limit had no part in what got done. */
  private get isBinding(): boolean {
    return 2 * this.fullStarts >= this.starts && 2 * this.fewest >= this.limit;
  }

  /** @param latencyMs from a request to its answer. */
  private judge(rate: number, latencyMs: number, nowMs: number): void {
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
        // What was its best pace tells nothing any more.
        if (rate < CHANGED * this.heldRate) this.leastMs = Infinity;
        this.heldRate = this.heldRate === 0 ? rate : this.heldRate + SMOOTHING * (rate - this.heldRate);
        this.measurements += 1;
        if (this.measurements >= this.interval)
          this.try(latencyMs < SOON_MS ? 'higher' : this.nextTrial, nowMs);
        else if (this.limit < START && nowMs - this.triedAtMs >= LONGEST_INTERVAL_MS)
          this.try('higher', nowMs);
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

  private try(trial: 'higher' | 'lower', nowMs: number): void {
    this.triedAtMs = nowMs;
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
    this.looks = 0;
    this.slowness = 0;
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
