/**
 * Can the verdict be fooled? Over `PROSE_BENCH_WORLDS` (200) tests of each family and size: how often an arm that is no better,
 * or worse, is called a gain; how often one that is clearly better is; and how often the 95% interval holds the truth.
 */
import { exactInterval } from '../../activities/statistics/exact-interval.ts';
import { hostileNullFamilies } from './hostile-families.ts';
import { printFigure, printProgress } from '../figure.ts';
import { countFamily } from './count-families.ts';
import { harmfulFamilies, helpfulFamilies, nullFamilies, type Family } from './families.ts';

const tests = Number(process.env['PROSE_BENCH_WORLDS'] ?? 200);
/** Held-out prompts of runs of 34, 60 and 200 base prompts. */
const sizes = [10, 18, 60];

function measure(families: readonly Family[], what: string, bar: number, better: 'lower' | 'higher'): void {
  for (const family of families) {
    for (const size of sizes) {
      const { promoted, promotedByAll, told, covered } = countFamily(family, size, tests);
      const where = `${family.name}, ${size} held-out prompts`;
      const print = (
        name: string,
        hits: number,
        count: number,
        limit: number,
        way: 'lower' | 'higher',
      ): void => {
        if (count === 0) return;
        const { share, low, high } = exactInterval(hits, count);
        const against = `the known truth (${told} of ${tests} tests could tell)`;
        const unit = `share of ${count}`;
        printFigure({
          area: 'claims',
          name,
          value: share,
          unit,
          against,
          bar: limit,
          better: way,
          runs: [low, share, high],
        });
      };
      if (better === 'lower') print(`${what}: ${where}`, promoted, tests, bar, better);
      else
        print(
          `${what}, of those that all validators together call so: ${where}`,
          Math.min(promoted, promotedByAll),
          promotedByAll,
          bar,
          better,
        );
      print(`intervals that hold the truth: ${where}`, covered, told, 0.93, 'higher');
      printProgress(
        `${where}: ${promoted} of ${tests} called a gain, ${covered} of ${told} intervals hold the truth`,
      );
    }
  }
}

measure([...nullFamilies, ...hostileNullFamilies], 'no better, called a gain', 0.05, 'lower');
measure(harmfulFamilies, 'worse, called a gain', 0.025, 'lower');
measure(helpfulFamilies, 'clearly better, called a gain', 0.9, 'higher');
