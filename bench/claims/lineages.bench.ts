/**
 * Are looks counted? Over `PROSE_BENCH_LINEAGES` (100) lineages: how many get a false champion in 200 rounds in which no challenger is better,
 * and how soon one that is better by 0.3 points is promoted.
 */
import { exactInterval } from '../../activities/statistics/exact-interval.ts';
import { printFigure, printProgress } from '../figure.ts';
import type { Family } from './families.ts';
import { playLineage, type Lineage } from './lineages.ts';

const lineages = Number(process.env['PROSE_BENCH_LINEAGES'] ?? 100);
const nothing: Family = { name: 'nothing helps', trueGain: 0 };
const better: Family = { name: 'better by 0.3', trueGain: 0.3 };

function play(familyOf: (round: number) => Family, rounds: number): Lineage[] {
  return Array.from({ length: lineages }, (_, index) => playLineage(familyOf, { rounds, seed: index + 1 }));
}

function printShare(name: string, hits: number, bar: number, way: 'lower' | 'higher'): void {
  const { share, low, high } = exactInterval(hits, lineages);
  printFigure({
    area: 'claims',
    name,
    value: share,
    unit: `share of ${lineages} lineages`,
    against: 'the known truth, 18 gate prompts of 9 topics a round',
    bar,
    better: way,
    runs: [low, share, high],
  });
}

const isFound = ({ promoted }: Lineage): boolean => promoted !== undefined;
const idle = play(() => nothing, 200);
printShare('200 rounds of nothing, a false champion', idle.filter(isFound).length, 0.05, 'lower');

const found = play(() => better, 5);
printShare('0.3 points better, promoted within 5 rounds', found.filter(isFound).length, 0.8, 'higher');

const late = play((round) => (round > 20 ? better : nothing), 25);
const waited = late.filter(({ promoted }) => promoted === undefined || promoted > 20);
printProgress(
  `0.3 points better after 20 rounds of nothing: ${waited.filter(isFound).length} of ${waited.length} promoted within 5 rounds`,
);

const sum = (all: readonly Lineage[], key: 'taken' | 'allowed'): number =>
  all.reduce((total, one) => total + one[key], 0);
for (const [name, all] of [
  ['nothing', idle],
  ['0.3 points', found],
] as const)
  printProgress(
    `${name}: ${sum(all, 'taken')} looks taken of ${sum(all, 'allowed')} that the claims had, the others were not needed`,
  );
