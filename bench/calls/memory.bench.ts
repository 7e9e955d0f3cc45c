/**
 * Does the client's memory stay flat? `PROSE_BENCH_CALLS` calls (default 100,000; 1,000,000 takes some ten minutes) are
 * streamed through it with the cache of answers on, 64 at once, and their answers dropped. The index of the cache is what
 * grows: about 80 bytes an answer. What `runShard` holds of a shard besides is not measured here.
 */
import { printFigure, printProgress, spread } from '../figure.ts';
import { throughput } from './measure.ts';
import { startServerProcess } from './server-process.ts';
import { proseClient } from './sides.ts';

const calls = Number(process.env['PROSE_BENCH_CALLS'] ?? 100_000);
const PARTS = 10;

const server = await startServerProcess('./instant-server.ts');
const side = proseClient(server.endpoint, 'instant');
const megabytes: number[] = [];
try {
  for (let part = 1; part <= PARTS; part += 1) {
    const perSecond = await throughput(side, Math.ceil(calls / PARTS));
    const now = process.memoryUsage.rss() / 2 ** 20;
    megabytes.push(now);
    printProgress(
      `${part * Math.ceil(calls / PARTS)} calls: ${now.toFixed(0)} MiB, ${perSecond.toFixed(0)} calls per second`,
    );
  }
} finally {
  await side.close();
  server.stop();
}
const runs = spread(megabytes);
printFigure({
  area: 'calls',
  name: 'memory of the client',
  value: runs[2],
  unit: 'MiB resident at most',
  against: `${calls} calls with the cache of answers on`,
  bar: 300,
  better: 'lower',
  runs,
});
