import { spread, type Figure } from '../figure.ts';
import { IN_FLIGHT, type Side } from './sides.ts';

let nextSeed = 1;

/** Answers per second of `count` calls, 64 at once, each unlike any before. */
export async function throughput({ ask }: Side, count: number): Promise<number> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      nextSeed += 1;
      await ask(nextSeed);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return (1000 * count) / (performance.now() - startedAt);
}

/** One repetition asks each side in turn; the figures are ratios within a repetition, since machines are noisy. */
export interface Comparison {
  readonly side: Side;
  readonly against: Side;
  /** Calls of each side in a repetition, after as many to warm up. */
  readonly count: number;
  /** Calls of the other side, where it is much slower; default `count`. */
  readonly countAgainst?: number;
  /** At least 5. */
  readonly repetitions: number;
}

/** Least, median and greatest ratio of the throughputs. */
export async function compare({
  side,
  against,
  count,
  countAgainst = count,
  repetitions,
}: Comparison): Promise<Figure['runs']> {
  const ratios: number[] = [];
  await throughput(side, count);
  await throughput(against, countAgainst);
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    // In turn first, so that neither always meets the other's leftovers.
    const isFirst = repetition % 2 === 0;
    const before = isFirst ? await throughput(side, count) : await throughput(against, countAgainst);
    const after = isFirst ? await throughput(against, countAgainst) : await throughput(side, count);
    ratios.push(isFirst ? before / after : after / before);
  }
  return spread(ratios);
}
