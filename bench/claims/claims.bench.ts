/**
 * Are the claims true? Over many seeded worlds of known truth (`PROSE_BENCH_WORLDS`, 200 by default):
 * - intervals and power: test tables made of the simulated world's texts (`score-tables.ts`), compared by the pipeline's
 *   own statistics, two for every world asked for;
 * - sentinels: small explorations by the pipeline's own activities (`in-process.ts`), each with one faulty validator;
 * - nothing helps: whole pipelines by the pipeline's own activities, in worlds where no wording matters.
 */
import { compareArms } from '../../activities/arm-metrics.ts';
import { isProven } from '../../activities/report/verdict.ts';
import { detectableEffect } from '../../activities/statistics/detectable-effect.ts';
import { exactInterval } from '../../activities/statistics/exact-interval.ts';
import { distrust, tallySentinels } from '../../activities/validator-trust.ts';
import { defaultWorld, type World } from '../../deploy/model-server/world/world.ts';
import { printFigure, printProgress, type Figure } from '../figure.ts';
import { withRun } from './in-process.ts';
import { drawTable, reworded, shape, trueGain, untouched, type Rewriting } from './score-tables.ts';

const worldCount = Number(process.env['PROSE_BENCH_WORLDS'] ?? 200);
const seeds = Array.from({ length: worldCount }, (_, index) => index + 1);
const criterionNames = ['Relevance', 'Accuracy', 'Depth', 'Clarity', 'Usefulness'];

/** A share of worlds, with its exact interval as the range. */
function printShare(
  name: string,
  hits: number,
  count: number,
  against: string,
  { bar, better }: Pick<Figure, 'bar' | 'better'>,
): void {
  const { share, low, high } = exactInterval(hits, count);
  printFigure({
    area: 'claims',
    name,
    value: share,
    unit: `share of ${count}`,
    against,
    bar,
    better,
    runs: [low, share, high],
  });
}

function compare(seed: string, rewrite: Rewriting, world: World, shift = 0): ReturnType<typeof compareArms> {
  return compareArms(drawTable(seed, rewrite, world, shift), ['ranker'], criterionNames, 1);
}

let covered = 0;
let found = 0;
let falselyProven = 0;
const tables = 2 * worldCount;
/** The truth of a world costs as much as many tables: each of these is used again and again. */
const truths = new Map<number, number>();
for (let index = 0; index < tables; index += 1) {
  const world = { ...defaultWorld, worldSeed: 1 + (index % 10) };
  const rewrite = reworded(world.worldSeed);
  const truth = truths.get(world.worldSeed) ?? trueGain(rewrite, world, 12);
  truths.set(world.worldSeed, truth);
  const [arm] = compare(`coverage ${index}`, rewrite, world).arms;
  const { low, high } = arm?.gain ?? {};
  if (low != null && high != null && low <= truth && truth <= high) covered += 1;

  const nothing = compare(`nothing ${index}`, untouched, world);
  if (nothing.arms[0] && isProven(nothing.arms[0], shape.topics)) falselyProven += 1;
  const smallest = detectableEffect(nothing.differences.get('ranker') ?? []) ?? 0;
  const shifted = compare(`shifted ${index}`, untouched, world, smallest);
  if (shifted.arms[0] && isProven(shifted.arms[0], shape.topics)) found += 1;
  if (index % 50 === 49)
    printProgress(`tables: ${index + 1} of ${tables}, ${covered} intervals hold the truth`);
}
const gains = [...truths.values()].map((gain) => gain.toFixed(2)).join(', ');
printProgress(`true gains of the worlds: ${gains} points`);
const known = 'the known truth of the simulated world';
printShare('95% intervals that hold the truth, at least', covered, tables, known, {
  bar: 0.93,
  better: 'higher',
});
printShare('95% intervals that hold the truth, at most', covered, tables, known, {
  bar: 0.97,
  better: 'lower',
});
printShare('effects of the stated smallest size that are found', found, tables, 'planned: 0.8', {
  bar: 0.75,
  better: 'higher',
});
printShare('tests of an arm that is the baseline itself, and proven better', falselyProven, tables, known, {
  bar: 0.05,
  better: 'lower',
});

const faults: readonly { readonly validator: number; readonly world: Partial<World> }[] = [
  ...[1, 2, 3].map((validator) => ({ validator, world: { invertedValidator: validator } })),
  ...[1, 2, 3].map((validator) => ({ validator, world: { constantValidator: validator } })),
  { validator: 3, world: { bribable: true } },
];
let caught = 0;
let accused = 0;
for (const seed of seeds) {
  const fault = faults[seed % faults.length]!;
  const tallies = await withRun(seed, fault.world, async (run) => {
    await run.explore({ basePrompts: 16, variations: 3, halving: false });
    return tallySentinels(run.context);
  });
  for (const validator of [1, 2, 3]) {
    const isDistrusted = distrust(tallies.filter((tally) => tally.validator === validator)) !== null;
    if (validator === fault.validator) caught += Number(isDistrusted);
    else accused += Number(isDistrusted);
  }
  if (seed % 20 === 0)
    printProgress(`sentinels: ${seed} of ${worldCount} worlds, ${caught} caught, ${accused} accused wrongly`);
}
printShare(`validators that are inverted, constant or bribed, and caught`, caught, worldCount, known, {
  bar: 0.99,
  better: 'higher',
});
printShare('honest validators that are accused', accused, 2 * worldCount, known, {
  bar: 0.01,
  better: 'lower',
});

let promoted = 0;
for (const seed of seeds) {
  const outcome = await withRun(seed, { effect: 0 }, async (run) => {
    await run.explore({ basePrompts: 40, variations: 4, halving: true });
    return run.learnAndTest();
  });
  // As in definitions/prose.yaml: what is proven for this arm is promoted.
  if (outcome?.proven.includes('ranker')) promoted += 1;
  if (seed % 10 === 0) printProgress(`nothing helps: ${seed} of ${worldCount} worlds, ${promoted} promoted`);
}
printShare('worlds in which nothing helps, promoted anyway', promoted, worldCount, known, {
  bar: 0.05,
  better: 'lower',
});
