import { spread, type Figure } from '../figure.ts';
import { runClient } from './client-process.ts';
import type { SideName } from './sides.ts';

/** One repetition asks each side in turn; the figures are ratios within a repetition, since machines are noisy. */
export interface Comparison {
  readonly side: SideName;
  readonly against: SideName;
  readonly endpoint: string;
  readonly model: string;
  /** Calls of each side in a repetition, after as many to warm up. */
  readonly count: number;
  /** Calls of the other side, where it is much slower; default `count`. */
  readonly countAgainst?: number;
  /** At least 5. */
  readonly repetitions: number;
}

/** Least, median and greatest ratio of the throughputs, each measured in a fresh process. */
export function compare({
  side,
  against,
  endpoint,
  model,
  count,
  countAgainst = count,
  repetitions,
}: Comparison): Figure['runs'] {
  const throughput = (name: SideName, calls: number): number =>
    Number(
      runClient('ask.ts', [name, endpoint, model, String(calls)], name === 'prose' ? 'worker' : 'plain'),
    );
  const ratios = Array.from({ length: repetitions }, (_, repetition) => {
    // In turn first: a machine may be getting slower.
    if (repetition % 2 === 0) return throughput(side, count) / throughput(against, countAgainst);
    const other = throughput(against, countAgainst);
    return throughput(side, count) / other;
  });
  return spread(ratios);
}
