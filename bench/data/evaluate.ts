/**
 * One side of the benchmark in a process of its own: `evaluate.ts <store|bare> <root>` prints the seconds that the
 * evaluation's queries took and the most memory that the process ever held.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createStore } from '../../activities/store/create-store.ts';
import { quote } from '../../activities/store/database.ts';
import { shardPath } from '../../activities/store/paths.ts';
import { tables } from '../../activities/store/tables.ts';
import { DERIVED_VIEWS } from '../../activities/store/user-tables.ts';
import { RUN } from './score-table.ts';

/** What the evaluation of a run reads of its scores, and the gain of every variation besides. */
const queries = [
  `select criterion, units::double, ratings::double, "sum", squares, observed from agreement_totals
   where run = $run order by base_prompt_idx, criterion`,
  'from validators where run = $run order by validator',
  'select count(*), avg(gain) from variation_scores where run = $run',
];

async function withStore(root: string): Promise<number> {
  const store = await createStore({ root });
  const startedAt = performance.now();
  for (const sql of queries) await store.query(sql, { run: RUN });
  const seconds = (performance.now() - startedAt) / 1000;
  await store.close();
  return seconds;
}

/** The same SQL where `validator_scores` is nothing but the run's own files, and every other table is empty. */
async function bare(root: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const folder = dirname(shardPath(root, { table: 'validator_scores', run: RUN, shard: 'any' }));
  for (const [table, { columns }] of Object.entries(tables)) {
    const nulls = Object.entries(columns).map(([name, type]) => `null::${type} as ${name}`);
    const empty = `select ${nulls.join(', ')}, null::varchar as run where false`;
    const files = `select *, '${RUN}' as run from read_parquet(${quote(join(folder, '*.parquet'))}, hive_partitioning = false)`;
    await connection.run(`create view ${table} as ${table === 'validator_scores' ? files : empty}`);
  }
  const views = new URL('../../activities/store/views/', import.meta.url);
  for (const view of DERIVED_VIEWS) await connection.run(readFileSync(new URL(`${view}.sql`, views), 'utf8'));
  const startedAt = performance.now();
  for (const sql of queries) {
    const reader = await connection.runAndReadAll(sql, { run: RUN });
    reader.getRows();
  }
  return (performance.now() - startedAt) / 1000;
}

const [side, root = ''] = process.argv.slice(2);
const seconds = await (side === 'bare' ? bare(root) : withStore(root));
// In kilobytes on every system (Node's documentation of `resourceUsage`).
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ seconds, megabytes }));
