/**
 * Evaluates a run of `PROSE_BENCH_ROWS` score rows (default 10,000,000) with the project's store and with bare DuckDB,
 * in turn, each time in a fresh process.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printFigure, printProgress, spread } from '../figure.ts';
import { writeScores } from './score-table.ts';

const wantedRows = Number(process.env['PROSE_BENCH_ROWS'] ?? 10_000_000);
const REPETITIONS = 5;

interface Measured {
  readonly seconds: number;
  readonly megabytes: number;
  /** Digest of the result. */
  readonly found: string;
}

const root = await mkdtemp(join(tmpdir(), 'prose-bench-data-'));
const evaluate = (side: 'store' | 'bare'): Measured => {
  const file = fileURLToPath(new URL('evaluate.ts', import.meta.url));
  const output = execFileSync(process.execPath, ['--import', 'tsx', file, side, root], { encoding: 'utf8' });
  const measured = JSON.parse(output) as Measured;
  printProgress(`${side}: ${measured.seconds.toFixed(2)} s, ${measured.megabytes.toFixed(0)} MiB at most`);
  return measured;
};
try {
  printProgress('writing the rows');
  const rowCount = await writeScores(root, wantedRows);
  // Once before anything is counted: the files come from the disk.
  const { found } = evaluate('bare');
  const pairs = Array.from({ length: REPETITIONS }, (_, repetition) => {
    if (repetition % 2 === 0) return { store: evaluate('store'), bare: evaluate('bare') };
    const bare = evaluate('bare');
    return { store: evaluate('store'), bare };
  });
  if (pairs.some(({ store, bare }) => store.found !== found || bare.found !== found))
    throw new Error('The two sides found different figures.');
  const ratios = spread(pairs.map(({ store, bare }) => store.seconds / bare.seconds));
  const memory = spread(pairs.map(({ store }) => store.megabytes));
  const bareMemory = spread(pairs.map(({ bare }) => bare.megabytes));
  printFigure({
    area: 'data',
    name: 'evaluation time',
    value: ratios[1],
    unit: 'ratio',
    against: `the same SQL over the same files in DuckDB as it comes, ${rowCount} score rows`,
    bar: 1.1,
    better: 'lower',
    runs: ratios,
  });
  printFigure({
    area: 'data',
    name: 'evaluation memory',
    value: memory[2],
    unit: 'MiB resident at most',
    against: `${rowCount} score rows; DuckDB as it comes: ${Math.round(bareMemory[1])}`,
    bar: 1024,
    better: 'lower',
    runs: memory,
  });
} finally {
  await rm(root, { recursive: true, force: true });
}
