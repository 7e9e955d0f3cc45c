/**
 * The interpreter against the same work written by hand as Temporal workflows: same server, workers, activities and
 * options, runs taken in turns. Then what a `forEach` costs from 10 to 100,000 items.
 *
 * `PROSE_BENCH_ITEMS`: most items of a `forEach` (default 100,000). `PROSE_BENCH_RUNS`: repetitions of each side (default 5).
 */
import { printFigure, printProgress, spread, type Figure } from '../figure.ts';
import { startBenchEngine, type BenchEngine, type Measured } from './bench-engine.ts';
import { dagDefinition, fanOutDefinition } from './definitions.ts';

const LAYERS = 10;
const WIDTH = 20;
/** Items in flight, and the batch of the fan-out by hand. */
const AT_ONCE = 100;
const FAN_OUT_ITEMS = 10_000;
const SIZES = [10, 100, 1_000, 10_000, 100_000];
/** Of the time per item at 1,000 items. */
const MOST_GROWTH = 1.25;

const maxItems = Number(process.env['PROSE_BENCH_ITEMS'] ?? 100_000);
const repetitions = Number(process.env['PROSE_BENCH_RUNS'] ?? 5);

type Side = () => Promise<Measured>;

/** Both sides in turns, the first to go changing; one run of each beforehand does not count. */
async function inTurns(
  name: string,
  runs: number,
  sides: readonly [Side, Side],
): Promise<[Measured, Measured][]> {
  const measured: [Measured, Measured][] = [];
  for (let round = 0; round <= runs; round += 1) {
    const isFirst = round % 2 === 0;
    const one = await sides[isFirst ? 0 : 1]();
    const other = await sides[isFirst ? 1 : 0]();
    const [ours, byHand] = isFirst ? [one, other] : [other, one];
    printProgress(
      `${name}: ${ours.seconds.toFixed(2)} s, ${ours.events} events; by hand ${byHand.seconds.toFixed(2)} s, ${byHand.events}`,
    );
    if (round > 0) measured.push([ours, byHand]);
  }
  return measured;
}

function print(figure: Omit<Figure, 'area' | 'value' | 'runs' | 'better'>, values: readonly number[]): void {
  const runs = spread(values);
  printFigure({ area: 'engine', ...figure, value: runs[1], better: 'lower', runs });
}

async function compareDag(engine: BenchEngine): Promise<void> {
  const pairs = await inTurns('dag', repetitions, [
    () => engine.measure('dag', {}),
    () => engine.measure('dag_by_hand', { layers: LAYERS, width: WIDTH }),
  ]);
  const figure = { unit: 'ratio', against: `the same ${LAYERS * WIDTH} tasks written by hand` };
  print(
    { ...figure, name: 'wall time of a DAG', bar: 1.05 },
    pairs.map(([ours, byHand]) => ours.seconds / byHand.seconds),
  );
  print(
    { ...figure, name: 'history events of a DAG', bar: 1.02 },
    pairs.map(([ours, byHand]) => ours.events / byHand.events),
  );
}

async function compareFanOut(engine: BenchEngine): Promise<void> {
  const items = Math.min(FAN_OUT_ITEMS, maxItems);
  const pairs = await inTurns(`forEach of ${items}`, Math.min(2, repetitions), [
    () => engine.measure('fan-out', { items }),
    () => engine.measure('fan_out_by_hand', { items, batch: AT_ONCE }),
  ]);
  print(
    {
      name: `wall time of a forEach of ${items} items`,
      unit: 'ratio',
      against: `batches of ${AT_ONCE} written by hand`,
      bar: 0.8,
    },
    pairs.map(([ours, byHand]) => ours.seconds / byHand.seconds),
  );
}

async function costCurve(engine: BenchEngine): Promise<void> {
  let perItem: number | undefined;
  for (const items of SIZES) {
    if (items > maxItems) {
      printProgress(`forEach of ${items} items: left out, PROSE_BENCH_ITEMS is ${maxItems}`);
      continue;
    }
    const { seconds, largestHistory } = await engine.measure('fan-out', { items });
    printProgress(`forEach of ${items} items: ${seconds.toFixed(1)} s, ${largestHistory} events at the most`);
    if (items === 1_000) perItem = seconds / items;
    print(
      {
        name: `time of a forEach of ${items} items`,
        unit: 's',
        against: `${MOST_GROWTH} times the time per item at 1,000 items (below that, one second)`,
        bar: perItem === undefined ? Math.max(1, seconds) : perItem * items * MOST_GROWTH,
      },
      [seconds],
    );
    print(
      {
        name: `largest history of a forEach of ${items} items`,
        unit: 'events',
        against: 'invariant 6',
        bar: 10_000,
      },
      [largestHistory],
    );
  }
}

const engine = await startBenchEngine([dagDefinition(LAYERS, WIDTH), fanOutDefinition(AT_ONCE)]);
try {
  await compareDag(engine);
  await compareFanOut(engine);
  await costCurve(engine);
} finally {
  await engine.close();
}
