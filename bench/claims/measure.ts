/**
 * One process's share of the worlds, given as JSON in the first argument; sends its counts to its parent. Measured are
 * - intervals and power: test tables made of the simulated world's texts (`score-tables.ts`), compared by the pipeline's
 *   own statistics, two of each sort for every world asked for;
 * - sentinels: small explorations by the pipeline's own activities (`in-process.ts`), each with one faulty validator;
 * - nothing helps: whole pipelines by the pipeline's own activities, in worlds where no wording matters.
 */
import { compareArms } from '../../activities/stages/8-test/metrics/arm-metrics.ts';
import { isProven } from '../../activities/report/verdict.ts';
import { detectableEffect } from '../../activities/statistics/detectable-effect.ts';
import { distrust, judgesOf, tallySentinels } from '../../activities/scoring/validator-trust.ts';
import { defaultWorld, type World } from '../../deploy/model-server/world/world.ts';
import { printProgress } from '../figure.ts';
import type { Counts, Part } from './counts.ts';
import { withRun } from './in-process.ts';
import { drawTable, reworded, shape, trueGain, untouched, type Rewriting } from './score-tables.ts';

/** Wordings of different worlds help differently; tables take turns with these. */
const TABLE_WORLDS = 10;
/** Tables from which the stated smallest effect is pooled: its standard error is then under 3%. */
const PILOT_TABLES = 60;
/** All three scores of these tables are drawn alike; the verdict rests on the referee's. */
const judges = judgesOf([1, 2, 3], { referees: [3], checks: [] });
const criterionNames = ['Relevance', 'Accuracy', 'Depth', 'Clarity', 'Usefulness'];

const part = JSON.parse(process.argv[2] ?? '') as Part;
const isOwn = (place: number): boolean => place % part.parts === part.index;
const places = Array.from({ length: part.worlds }, (_, place) => place).filter(isOwn);
const tablePlaces = Array.from({ length: 2 * part.worlds }, (_, place) => place).filter(isOwn);

const counts: Counts = { ...countTables(), ...(await countFaults()), ...(await countPromotions()) };
process.send?.(counts);

function worldOf(place: number): World {
  return { ...defaultWorld, worldSeed: 1 + (place % TABLE_WORLDS) };
}

function compare(seed: string, rewrite: Rewriting, world: World, shift = 0): ReturnType<typeof compareArms> {
  return compareArms(drawTable(seed, rewrite, world, shift), {
    arms: ['ranker'],
    criterionNames,
    judges: judges.validators,
  });
}

function isFound({ arms: [arm] }: ReturnType<typeof compareArms>): boolean {
  return arm !== undefined && isProven(arm, { judges, topics: shape.topics });
}

/**
 * The smallest detectable effect by the statement's own formula with the variance pooled over tables: the root mean square
 * of what it states for each. One table's statement is as noisy as its ten topics; a shift by that would measure its noise.
 */
function statedEffect(): number {
  const squares = Array.from({ length: PILOT_TABLES }, (_, place) => {
    const { differences } = compare(`pilot ${place}`, untouched, worldOf(place));
    return (detectableEffect(differences.get('ranker') ?? []) ?? 0) ** 2;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

function countTables(): Pick<Counts, 'tables' | 'covered' | 'found' | 'falselyProven'> {
  const smallest = statedEffect();
  let [covered, found, falselyProven] = [0, 0, 0];
  // The truth of a world costs as much as ten tables.
  const truths = new Map<number, number>();
  for (const [index, place] of tablePlaces.entries()) {
    const world = worldOf(place);
    const rewrite = reworded(world.worldSeed);
    const truth = truths.get(world.worldSeed) ?? trueGain(rewrite, world, 12);
    truths.set(world.worldSeed, truth);
    const { low, high } = compare(`coverage ${place}`, rewrite, world).arms[0]?.gain ?? {};
    if (low != null && high != null && low <= truth && truth <= high) covered += 1;
    if (isFound(compare(`nothing ${place}`, untouched, world))) falselyProven += 1;
    if (isFound(compare(`shifted ${place}`, untouched, world, smallest))) found += 1;
    report(
      'tables',
      index,
      tablePlaces.length,
      `${covered} intervals hold the truth, ${found} effects found`,
    );
  }
  return { tables: tablePlaces.length, covered, found, falselyProven };
}

async function countFaults(): Promise<Pick<Counts, 'faulty' | 'caught' | 'honest' | 'accused'>> {
  const faults: readonly { readonly validator: number; readonly world: Partial<World> }[] = [
    ...[1, 2, 3].map((validator) => ({ validator, world: { invertedValidator: validator } })),
    ...[1, 2, 3].map((validator) => ({ validator, world: { constantValidator: validator } })),
    { validator: 3, world: { bribable: true } },
  ];
  let [caught, accused] = [0, 0];
  for (const [index, place] of places.entries()) {
    const fault = faults[place % faults.length]!;
    const tallies = await withRun(1 + place, fault.world, async (run) => {
      await run.explore({ basePrompts: 16, variations: 3, halving: false });
      return tallySentinels(run.context);
    });
    for (const validator of [1, 2, 3]) {
      const isDistrusted = distrust(tallies.filter((tally) => tally.validator === validator)) !== null;
      if (validator === fault.validator) caught += Number(isDistrusted);
      else accused += Number(isDistrusted);
    }
    report('sentinels', index, places.length, `${caught} caught, ${accused} accused wrongly`);
  }
  return { faulty: places.length, caught, honest: 2 * places.length, accused };
}

async function countPromotions(): Promise<Pick<Counts, 'worlds' | 'promoted'>> {
  let promoted = 0;
  for (const [index, place] of places.entries()) {
    const outcome = await withRun(1 + place, { effect: 0 }, async (run) => {
      await run.explore({ basePrompts: 40, variations: 4, halving: true });
      return run.learnAndTest();
    });
    // As in definitions/prose.yaml: what is proven for this arm is promoted.
    if (outcome?.proven.includes('ranker')) promoted += 1;
    report('nothing helps', index, places.length, `${promoted} promoted`);
  }
  return { worlds: places.length, promoted };
}

/** Ten lines a measurement. */
function report(what: string, index: number, count: number, soFar: string): void {
  const isTenth = Math.floor((10 * (index + 1)) / count) > Math.floor((10 * index) / count);
  if (isTenth)
    printProgress(
      `${what}: ${index + 1} of ${count} in process ${part.index + 1} of ${part.parts}, ${soFar}`,
    );
}
