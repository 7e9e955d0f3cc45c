/**
 * How much of what a server can do does the client get out of it, with 64 calls in flight? Each side is a process of its
 * own, fresh each time.
 */
import { printFigure, printProgress } from '../figure.ts';
import { compare, type Comparison } from './measure.ts';
import { startServerProcess } from './server-process.ts';

const repetitions = Number(process.env['PROSE_BENCH_REPETITIONS'] ?? 5);

function figure(
  name: string,
  against: string,
  bar: number,
  comparison: Omit<Comparison, 'side' | 'repetitions'>,
): void {
  const runs = compare({ side: 'prose', repetitions, ...comparison });
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

const slots = ['--slots', '32', '--tokens-per-second', '500'];
const busy = await startServerProcess('../../deploy/model-server/main.ts', slots);
const instant = await startServerProcess('./instant-server.ts');
try {
  figure('server at its capacity', 'a bare undici loop', 0.97, {
    against: 'undici',
    endpoint: busy.endpoint,
    model: 'simulated-main',
    count: 600,
  });
  const atOnce = { endpoint: instant.endpoint, model: 'instant', count: 20_000 };
  figure('server that answers at once', 'a bare undici loop', 0.6, { against: 'undici', ...atOnce });
  figure('server that answers at once, against openai', 'the npm package openai', 5, {
    against: 'openai',
    ...atOnce,
    countAgainst: 4_000,
  });
} finally {
  busy.stop();
  instant.stop();
}
