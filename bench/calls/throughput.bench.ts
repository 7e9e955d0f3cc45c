/** How much of what a server can do does the client get out of it, with 64 calls in flight? */
import { printFigure, printProgress } from '../figure.ts';
import { compare, type Comparison } from './measure.ts';
import { startServerProcess } from './server-process.ts';
import { bareUndici, openaiClient, proseClient, type Side } from './sides.ts';

const repetitions = Number(process.env['PROSE_BENCH_REPETITIONS'] ?? 5);

async function figure(
  name: string,
  against: string,
  bar: number,
  { side, against: other, ...sizes }: Omit<Comparison, 'repetitions'>,
): Promise<void> {
  const runs = await compare({ side, against: other, ...sizes, repetitions });
  printProgress(`${name}: ${runs.map((ratio) => ratio.toFixed(2)).join(' ')}`);
  printFigure({
    area: 'calls',
    name,
    value: runs[1],
    unit: 'ratio of throughputs',
    against,
    bar,
    better: 'higher',
    runs,
  });
}

async function closing(sides: readonly Side[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
}

const busy = await startServerProcess('../../deploy/model-server/main.ts', [
  '--slots',
  '32',
  '--tokens-per-second',
  '500',
]);
const instant = await startServerProcess('./instant-server.ts');
try {
  const atCapacity = [
    proseClient(busy.endpoint, 'simulated-main'),
    bareUndici(busy.endpoint, 'simulated-main'),
  ] as const;
  await closing(atCapacity, async () => {
    const [side, against] = atCapacity;
    await figure('server at its capacity', 'a bare undici loop', 0.97, { side, against, count: 600 });
  });
  const atOnce = [
    proseClient(instant.endpoint, 'instant'),
    bareUndici(instant.endpoint, 'instant'),
    openaiClient(instant.endpoint, 'instant'),
  ] as const;
  await closing(atOnce, async () => {
    const [side, bare, openai] = atOnce;
    await figure('server that answers at once', 'a bare undici loop', 0.6, {
      side,
      against: bare,
      count: 5_000,
    });
    await figure('server that answers at once, against openai', 'the npm package openai', 5, {
      side,
      against: openai,
      count: 5_000,
      countAgainst: 1_000,
    });
  });
} finally {
  busy.stop();
  instant.stop();
}
