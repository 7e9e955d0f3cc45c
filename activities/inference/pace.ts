/**
 * How long a server takes, by what it has to do: for choosing among several. Neither a long answer nor a full server makes
 * it look slow, since times are counted per token and per request under way.
 */

/** Weight of a new answer in the averages. */
const SMOOTHING = 0.1;
/** The least time seen is forgotten by so much with each answer: a server may have become slower. */
const FORGETTING = 1.005;
/** How much longer than alone an answer may take before a server counts as having a line: it is then surely busy. */
const BUSY = 1.5;

export class Pace {
  /** Milliseconds for each of the requests that are under way together; 0 = not known yet. */
  private perRequestMs = 0;
  private leastMsPerWork = 0;
  private meanWork = 0;

  /**
   * A request was answered.
   * @param inFlight requests under way when it was made, itself included.
   * @param work as for the server's limit: its answer tokens, and one.
   */
  answer(elapsedMs: number, inFlight: number, work: number): void {
    this.perRequestMs = smooth(this.perRequestMs, elapsedMs / inFlight);
    this.meanWork = smooth(this.meanWork, work);
    const msPerWork = elapsedMs / work;
    this.leastMsPerWork =
      this.leastMsPerWork === 0 ? msPerWork : Math.min(msPerWork, this.leastMsPerWork * FORGETTING);
  }

  /** When a request made now would be answered, with so many under way, itself included; undefined = not known yet. */
  expectedMs(inFlight: number): number | undefined {
    return this.perRequestMs === 0 ? undefined : inFlight * this.perRequestMs;
  }

  /** Up to this time an answer shows no line at the server. */
  get busyMs(): number {
    return BUSY * this.leastMsPerWork * this.meanWork;
  }

  restart(): void {
    this.perRequestMs = 0;
    this.leastMsPerWork = 0;
    this.meanWork = 0;
  }
}

function smooth(average: number, value: number): number {
  return average === 0 ? value : average + SMOOTHING * (value - average);
}
