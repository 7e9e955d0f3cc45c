/** One way of getting the Temporal CLI, why it did not work, and the command that would make it work. */
export interface FailedWay {
  /** e.g. `on PATH`. */
  readonly way: string;
  readonly reason: string;
  readonly remedy?: string;
}

/** The Temporal CLI could not be had in any way; the message lists them all. */
export class TemporalNotFoundError extends Error {
  readonly code = 'TEMPORAL_NOT_FOUND';
  readonly ways: readonly FailedWay[];

  constructor(ways: readonly FailedWay[]) {
    const tried = ways.map(({ way, reason }) => `  ${way}: ${reason}`);
    const remedies = ways.flatMap(({ remedy }) => (remedy === undefined ? [] : [`  ${remedy}`]));
    super(
      [
        'The Temporal CLI could not be found or made. Tried:',
        ...tried,
        ...(remedies.length > 0 ? ['Any one of these mends it:', ...remedies] : []),
      ].join('\n'),
    );
    this.name = 'TemporalNotFoundError';
    this.ways = ways;
  }
}
