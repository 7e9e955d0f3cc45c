/**
 * The interpreter against the same work written by hand as Temporal workflows: same server, workers, activities and
 * options, runs taken in turns. Then what a `forEach` costs from 10 to 100,000 items.
 *
 * `PROSE_BENCH_ITEMS`: most items of a `forEach` (default 100,000). `PROSE_BENCH_RUNS`: most repetitions of
 * each side (default: 60 of the small DAG, 3 of the large ones and of the `forEach`, 2 with uneven items).
 */
import { printFigure, printProgress, spread, type Figure } from '../figure.ts';
import { startBenchEngine, type BenchEngine, type Measured } from './bench-engine.ts';
import { dagDefinition, fanOutDefinition } from './definitions.ts';

interface Shape {
  readonly layers: number;
  readonly width: number;
  /** Repetitions at the most; a small one is measured more often, for its time is short against the noise of a machine. */
  readonly runs: number;
}

const DAG: Shape = { layers: 10, width: 20, runs: 60 };
const WIDE: Shape = { layers: 2, width: 1_000, runs: 3 };
const DEEP: Shape = { layers: 1_000, width: 1, runs: 3 };
/** Items in flight, and the batch of the fan-out by hand. */
const AT_ONCE = 100;
const FAN_OUT_ITEMS = 10_000;
/** Of items that take as unevenly long as a model's answers do: a batch waits for its slowest. */
const UNEVEN_MEAN_MS = 100;
const SIZES = [10, 100, 1_000, 10_000, 100_000];
const MOST_EVENTS = 10_000;
/** Of the same work written by hand. */
const MOST_WALL_TIME = 1.05;
/** Of the time per item at 1,000 items. */
const MOST_GROWTH = 1.25;

const maxItems = Number(process.env['PROSE_BENCH_ITEMS'] ?? 100_000);
const maxRuns = Number(process.env['PROSE_BENCH_RUNS'] ?? Infinity);

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

async function compareDag(engine: BenchEngine, { layers, width, runs }: Shape): Promise<void> {
  const name = dagDefinition(layers, width).name;
  const pairs = await inTurns(name, Math.min(runs, maxRuns), [
    () => engine.measure(name, {}),
    () => engine.measure('dag_by_hand', { layers, width }),
  ]);
  const shape = `a DAG of ${layers} layers of ${width}`;
  const figure = { unit: 'ratio', against: `the same ${layers * width} tasks written by hand` };
  print(
    { ...figure, name: `wall time of ${shape}`, bar: MOST_WALL_TIME },
    pairs.map(([ours, byHand]) => ours.seconds / byHand.seconds),
  );
  print(
    { ...figure, name: `history events of ${shape}`, bar: 1.02 },
    pairs.map(([ours, byHand]) => ours.events / byHand.events),
  );
  print(
    { name: `largest history of ${shape}`, unit: 'events', against: 'invariant 6', bar: MOST_EVENTS },
    pairs.map(([ours]) => ours.largestHistory),
  );
}

/**
 * @param meanMs what an item takes on average. 0 leaves nothing but the cost of the engine and the server, in which there
 *   is no waiting to be saved: its bar is that of a DAG.
 */
async function compareFanOut(engine: BenchEngine, meanMs: number, runs: number): Promise<void> {
  const items = Math.min(FAN_OUT_ITEMS, maxItems);
  const name = `a forEach of ${items} items${meanMs === 0 ? '' : ` of ${meanMs} ms on average`}`;
  const pairs = await inTurns(name, Math.min(runs, maxRuns), [
    () => engine.measure('fan-out', { items, meanMs }),
    () => engine.measure('fan_out_by_hand', { items, meanMs, batch: AT_ONCE }),
  ]);
  print(
    {
      name: `wall time of ${name}`,
      unit: 'ratio',
      against: `batches of ${AT_ONCE} written by hand`,
      bar: meanMs === 0 ? MOST_WALL_TIME : 0.8,
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
    const { seconds, largestHistory } = await engine.measure('fan-out', { items, meanMs: 0 });
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
        bar: MOST_EVENTS,
      },
      [largestHistory],
    );
  }
}

const shapes = [DAG, WIDE, DEEP];
const dags = shapes.map(({ layers, width }) => dagDefinition(layers, width));
const engine = await startBenchEngine([...dags, fanOutDefinition(AT_ONCE)]);
try {
  for (const shape of shapes) await compareDag(engine, shape);
  await compareFanOut(engine, UNEVEN_MEAN_MS, 2);
  await compareFanOut(engine, 0, 3);
  await costCurve(engine);
} finally {
  await engine.close();
}
