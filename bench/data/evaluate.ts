/**
 * One side of the benchmark in a process of its own: `evaluate.ts <store|bare> <root>` prints the seconds that the
 * evaluation's queries took, the most memory that the process ever held, and a digest of what they found.
 */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { readAgreementTotals } from '../../activities/stages/8-test/metrics/measure-agreement.ts';
import { createStore } from '../../activities/store/create-store.ts';
import { quote } from '../../activities/store/duckdb/database.ts';
import { digest } from '../../activities/store/digest.ts';
import { tableFolder } from '../../activities/store/paths.ts';
import type { Store } from '../../activities/store/store.ts';
import { tables, type Row, type TableName } from '../../activities/store/tables.ts';
import { DERIVED_VIEWS, readViewSql } from '../../activities/store/views/derived-views.ts';
import { RUN } from './score-table.ts';

type Queries = Pick<Store, 'query' | 'close'>;

/** What the evaluation of a run reads of its scores, and the gain of every variation besides. */
async function evaluate(store: Queries): Promise<string> {
  const agreement = await sumAgreement(store);
  const validators = await store.query('from validators where run = $run order by validator', { run: RUN });
  const gains = await store.query(
    'select count(*)::integer as variations, avg(gain) as gain from variation_scores where run = $run',
    { run: RUN },
  );
  // Threads add in any order, so the last digits of a sum differ from time to time.
  const rounded = JSON.parse(
    JSON.stringify({ agreement, validators, gains }, (_key, value: unknown) =>
      typeof value === 'number' ? Number(value.toPrecision(9)) : value,
    ),
  ) as unknown;
  return digest(rounded);
}

async function sumAgreement(store: Queries): Promise<unknown> {
  const ofCriteria = await readAgreementTotals(store, RUN);
  return ofCriteria.map((totals) => ({
    basePrompts: totals.length,
    ratings: totals.reduce((sum, { ratings }) => sum + ratings, 0),
    observed: totals.reduce((sum, { observed }) => sum + observed, 0),
  }));
}

/**
 * The same views over the same files, as DuckDB's node client reads them without any setting. Tables without rows are
 * empty tables.
 */
async function openBare(root: string): Promise<Queries> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const [table, { columns }] of Object.entries(tables)) {
    const types = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
    const files = quote(join(root, tableFolder(table as TableName), '*', '*.parquet'));
    await connection.run(
      table === 'validator_scores'
        ? `create view ${table} as from ${files}`
        : `create table ${table} (${types.join(', ')}, run varchar)`,
    );
  }
  for (const view of DERIVED_VIEWS) await connection.run(await readViewSql(view));
  return {
    async query(sql, parameters = {}) {
      const reader = await connection.runAndReadAll(sql, parameters as Record<string, string>);
      return reader.getRowObjects() as Row[];
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const [side, root = ''] = process.argv.slice(2);
const store = side === 'bare' ? await openBare(root) : await createStore({ root });
// Views are defined before either side is timed.
await store.query('select 1');
const startedAt = performance.now();
const found = await evaluate(store);
const seconds = (performance.now() - startedAt) / 1000;
await store.close();
// In kilobytes on every system (Node's documentation of `resourceUsage`).
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ seconds, megabytes, found }));
