/**
 * Does memory stay flat? `PROSE_BENCH_CALLS` requests (default 100,000; 1,000,000 take some two minutes:
 * `PROSE_BENCH_CALLS=1000000 npm run bench -- calls`) from Parquet to Parquet, in a process started as a worker is.
 */
import { printFigure, spread } from '../figure.ts';
import { runClient } from './client-process.ts';
import { startServerProcess } from './server-process.ts';

/** In MiB, resident. */
export interface MemoryTaken {
  /** After each tenth of the requests. */
  readonly megabytes: readonly number[];
  readonly peak: number;
}

const calls = Number(process.env['PROSE_BENCH_CALLS'] ?? 100_000);
const server = await startServerProcess('./instant-server.ts');
let taken: MemoryTaken;
try {
  taken = JSON.parse(
    runClient('stream-shards.ts', [server.endpoint, String(calls)], 'worker'),
  ) as MemoryTaken;
} finally {
  server.stop();
}
const { megabytes, peak } = taken;
const against = `${calls} requests from Parquet to Parquet`;
printFigure({
  area: 'calls',
  name: 'memory, from Parquet to Parquet',
  value: peak,
  unit: 'MiB resident at most',
  against,
  bar: 300e6 / 2 ** 20,
  better: 'lower',
  runs: spread([...megabytes, peak]),
});
const growth = (megabytes.at(-1) ?? Number.NaN) - (megabytes[0] ?? Number.NaN);
printFigure({
  area: 'calls',
  name: 'growth of memory from the first tenth to the last',
  value: growth,
  unit: 'MiB',
  against,
  bar: 100,
  better: 'lower',
  runs: [growth, growth, growth],
});
