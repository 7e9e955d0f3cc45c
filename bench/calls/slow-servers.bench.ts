/**
 * Does the search for the best number of requests at once find it in two minutes, however slow the server is, and again when
 * the server has changed? In virtual time.
 */
import { printFigure, printProgress, spread } from '../figure.ts';
import { tokensOf, type Capacity, type Load } from './virtual-server.ts';

const MINUTE = 60_000;
/** Time that the search has after the start and after each change. */
const LEARNING_MS = 2 * MINUTE;
/** Time measured after that. */
const MEASURED_MS = 4 * MINUTE;
const FIXED = [4, 16, 48, 64, 128, 256];

/** Slots from one change to the next, and speed as a multiple. */
const histories: { readonly [name: string]: readonly (readonly [slots: number, speed: number])[] } = {
  'steady, 4 at once': [[4, 1]],
  'steady, 16 at once': [[16, 1]],
  'steady, 48 at once': [[48, 1]],
  'steady, 100 at once': [[100, 1]],
  'changing, 8 to 48 to 12 at once': [
    [8, 1],
    [48, 1],
    [12, 1],
  ],
  'changing, 2 to 64 at once': [
    [2, 1],
    [64, 1],
  ],
  'changing, a third and then three times as fast': [
    [24, 1],
    [24, 1 / 3],
    [24, 3],
  ],
  'changing, slower with more at once': [
    [8, 1],
    [32, 1 / 2],
  ],
};

for (const tokensPerSecond of [5, 20, 100, 5_000]) {
  const shares = Object.entries(histories).map(([name, history]) => {
    const capacities = history.map(([slots, speed], index): Capacity => ({
      fromMs: index * (LEARNING_MS + MEASURED_MS),
      slots,
      tokensPerSecond: tokensPerSecond * speed,
    }));
    const load: Load = {
      capacities,
      callers: 400,
      endMs: capacities.length * (LEARNING_MS + MEASURED_MS),
      isMeasured: (nowMs) => nowMs % (LEARNING_MS + MEASURED_MS) >= LEARNING_MS,
    };
    const best = Math.max(...FIXED.map((limit) => tokensOf(load, limit)));
    const share = tokensOf(load, 'search') / best;
    printProgress(`${tokensPerSecond} tokens/s, ${name}: ${share.toFixed(3)}`);
    return share;
  });
  const runs = spread(shares);
  printFigure({
    area: 'calls',
    name: `server of ${tokensPerSecond} tokens per second, after two minutes, the worst of ${shares.length}`,
    value: runs[0],
    unit: 'ratio of throughputs',
    against: 'the best fixed number of requests at once',
    bar: 0.95,
    better: 'higher',
    runs,
  });
}
