/**
 * How long a server takes, by what it has to do: for choosing among several. Neither a long answer nor a full server makes
 * it look slow: an answer's time is taken per token, and told apart into what it takes alone and what it waits for others.
 *
 * With S the time of an answer alone and k the answers that a server gives at once, one of n under way takes S × max(1, n ÷ k);
 * for servers that slow down little by little, as with batches, k is where they would be had they done it at once. So each
 * answer says something of k, but of S only those of requests that were made with little under way. Taken for S, the others
 * would call the line that it let grow the server's own time, and let it grow on: they can only lower it.
 */

/** Weights of a new answer in the averages, by the direction in which it moves them. */
const SMOOTHING = 0.1;
const FAST_SMOOTHING = 0.3;
/** Share of what a server does at once up to which it surely has no line. */
const LITTLE = 0.5;
/** How much more than what it does at once a server may be given to keep it busy, whatever others may do. */
const BUSY = 1.25;

export class Pace {
  /** What an answer takes alone, in milliseconds for each unit of work; 0 = not known yet. */
  private aloneMs = 0;
  /** Answers given at once. */
  private atOnce = 0;
  private meanWork = 0;

  /**
   * A request was answered.
   * @param inFlight requests under way when it was made, itself included.
   * @param work as for the server's limit: its answer tokens, and one.
   */
  answer(elapsedMs: number, inFlight: number, work: number): void {
    const ms = elapsedMs / work;
    if (this.aloneMs === 0 || ms < this.aloneMs) this.aloneMs = smooth(this.aloneMs, ms, FAST_SMOOTHING);
    else if (inFlight <= Math.max(1, LITTLE * this.atOnce))
      this.aloneMs = smooth(this.aloneMs, ms, SMOOTHING);
    const atOnce = inFlight * Math.min(1, this.aloneMs / ms);
    this.atOnce = smooth(this.atOnce, atOnce, atOnce > this.atOnce ? FAST_SMOOTHING : SMOOTHING);
    this.meanWork = smooth(this.meanWork, work, SMOOTHING);
  }

  get isKnown(): boolean {
    return this.aloneMs > 0;
  }

  /**
   * When a request made now would be answered, with so many under way, itself included. Only if `isKnown`.
   * @param work of its answer; the mean of those so far if absent.
   */
  expectedMs(inFlight: number, work = this.meanWork): number {
    return this.aloneMs * work * Math.max(1, inFlight / this.atOnce);
  }

  /** Whether a server with so many under way may be idle soon if it gets no more; true while that is not known. */
  hasRoom(inFlight: number): boolean {
    return inFlight <= BUSY * this.atOnce || !this.isKnown;
  }

  restart(): void {
    this.aloneMs = 0;
    this.atOnce = 0;
    this.meanWork = 0;
  }
}

function smooth(average: number, value: number, weight: number): number {
  return average === 0 ? value : average + weight * (value - average);
}
