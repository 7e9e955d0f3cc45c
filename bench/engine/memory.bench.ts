/**
 * Does a worker's memory stay flat over many small runs? Resident memory of the worker's process after each tenth of them.
 *
 * `PROSE_BENCH_SMALL_RUNS`: how many runs (default 1,000).
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPipeline } from '../../test/support/pipeline.ts';
import { printFigure, printProgress, spread } from '../figure.ts';
import { heldNow } from '../proof/memory.ts';

const RUNS = Number(process.env['PROSE_BENCH_SMALL_RUNS'] ?? 1_000);
const AT_ONCE = 8;
const PARTS = 10;
/** Until then caches fill and code is compiled. */
const WARM_PART = 4;

const DEFINITION = `name: small
params:
  n: { type: integer, default: 1 }
tasks:
  numbers: { activity: sql, with: { query: "select unnest(range(4)) as n" } }
  each:
    needs: [numbers]
    forEach: { in: "\${ tasks.numbers.rows }", as: row }
    activity: sql
    with: { query: "select \${ string(params.n) } as n" }
  last: { needs: [each], activity: sql, with: { query: "select 1 as n" } }
outputs: { rows: "\${ tasks.last.rows }" }
`;

const pipeline = await startPipeline();
try {
  await writeFile(join(pipeline.root, 'definitions', 'small.yaml'), DEFINITION);
  await pipeline.startWorker();
  const megabytes: number[] = [];
  let next = 0;
  for (let part = 1; part <= PARTS; part += 1) {
    const until = Math.round((RUNS * part) / PARTS);
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < until) {
          next += 1;
          await (await pipeline.start('small', { n: next })).result();
        }
      }),
    );
    const held = await heldNow([pipeline.root]);
    if (held === undefined || held === 0)
      throw new Error('This system has no `ps` that tells what a process holds.');
    megabytes.push(held);
    printProgress(`${until} runs: ${held.toFixed(0)} MB`);
  }
  const warm = megabytes[WARM_PART - 1] ?? Number.NaN;
  const growth = (megabytes.at(-1) ?? Number.NaN) - warm;
  printFigure({
    area: 'engine',
    name: 'growth of a worker over small runs',
    value: growth,
    unit: 'MB resident',
    against: `what it holds after ${(RUNS * WARM_PART) / PARTS} of ${RUNS} runs: ${warm.toFixed(0)} MB`,
    bar: 50,
    better: 'lower',
    runs: spread(megabytes.slice(WARM_PART - 1).map((held) => held - warm)),
  });
} finally {
  await pipeline.close();
}
