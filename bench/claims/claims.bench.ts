/**
 * Are the claims true? Over `PROSE_BENCH_WORLDS` (200) seeded worlds of known truth, in as many processes as there are
 * cores; what is measured stands in `measure.ts`.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { exactInterval } from '../../activities/statistics/exact-interval.ts';
import { printFigure, printProgress, type Figure } from '../figure.ts';
import type { Counts, Part } from './counts.ts';

const worlds = Number(process.env['PROSE_BENCH_WORLDS'] ?? 200);

/** Lets one process measure its share of the worlds. */
function measurePart(part: Part): Promise<Counts> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('measure.ts', import.meta.url)), [JSON.stringify(part)]);
    let counts: Counts | undefined;
    child.on('message', (message) => {
      counts = message as Counts;
    });
    child.on('error', reject);
    child.on('exit', (status) => {
      if (counts === undefined || status !== 0)
        reject(
          new Error(`Part ${part.index} of the worlds ended with status ${status}, without its counts.`),
        );
      else resolve(counts);
    });
  });
}

const parts = Math.min(availableParallelism(), worlds);
const counted = await Promise.all(
  Array.from({ length: parts }, (_, index) => measurePart({ index, parts, worlds })),
);
const sum = (key: keyof Counts): number => counted.reduce((total, counts) => total + counts[key], 0);

/** A share of all that was counted, with its exact interval as the range. */
function printShare(name: string, hits: keyof Counts, count: keyof Counts, bar: Bar): void {
  const { share, low, high } = exactInterval(sum(hits), sum(count));
  const against = 'the known truth of the simulated world';
  const unit = `share of ${sum(count)}`;
  printFigure({ area: 'claims', name, value: share, unit, against, ...bar, runs: [low, share, high] });
}

type Bar = Pick<Figure, 'bar' | 'better'>;
const atLeast = (bar: number): Bar => ({ bar, better: 'higher' });
const atMost = (bar: number): Bar => ({ bar, better: 'lower' });

printProgress(`every share is counted over all ${worlds} worlds; its range is the exact 95% interval`);
printShare('95% intervals that hold the truth, at least', 'covered', 'tables', atLeast(0.93));
printShare('95% intervals that hold the truth, at most', 'covered', 'tables', atMost(0.97));
printShare(
  'effects of the stated smallest size that are found, planned 0.8',
  'found',
  'tables',
  atLeast(0.75),
);
printShare(
  'tests of an arm that is the baseline itself, and proven better',
  'falselyProven',
  'tables',
  atMost(0.05),
);
printShare('validators that are inverted, constant or bribed, and caught', 'caught', 'faulty', atLeast(0.99));
printShare('honest validators that are accused', 'accused', 'honest', atMost(0.01));
printShare('worlds in which nothing helps, promoted anyway', 'promoted', 'worlds', atMost(0.05));
