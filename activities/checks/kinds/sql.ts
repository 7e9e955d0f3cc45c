/** A SELECT over the answers of a shard, in a DuckDB of its own that reaches no file, no network and no other table. */
import { DuckDBInstance, VARCHAR } from '@duckdb/node-api';
import { ANSWER_FACTS } from '../../../configs/settings/checks.ts';
import type { Value } from '../../../definitions/model/types.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { toCell } from '../../store/duckdb/sql-values.ts';
import { factsOf, unscored, type CheckedAnswer, type CheckResult, type CheckRunner } from '../check.ts';
import { fieldText } from '../../imports/prompt-fields.ts';
import { readScore } from './read-score.ts';

/** Longest time of one query. */
const TIMEOUT_MS = 60_000;
const COLUMNS = ['key', ...ANSWER_FACTS];

export const sql: CheckRunner<'sql'> = {
  kind: 'sql',
  batchSize: Infinity,
  async rehearse(config, context) {
    await sql.run(config, [], context);
  },
  async run(config, answers, { signal }) {
    const instance = await DuckDBInstance.create(':memory:', { memory_limit: '500MB', threads: '1' });
    const connection = await instance.connect();
    const interrupt = (): void => connection.interrupt();
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    const either = AbortSignal.any([signal, limit]);
    either.addEventListener('abort', interrupt);
    try {
      await connection.run(`create table answers (${COLUMNS.map((name) => `${name} varchar`).join(', ')})`);
      const appender = await connection.createAppender('answers');
      for (const answer of answers) {
        for (const text of textsOf(answer)) {
          if (text === null) appender.appendNull();
          else appender.appendValue(text, VARCHAR);
        }
        appender.endRow();
      }
      appender.closeSync();
      await connection.run('set enable_external_access = false; set lock_configuration = true');
      const found = await connection.streamAndReadUntil(config, answers.length + 1);
      const names = found.columnNames();
      assertColumns(names);
      return toResults(
        found
          .getRows()
          .map((cells) =>
            Object.fromEntries(names.map((name, index) => [name, toCell(cells[index] ?? null)])),
          ),
        answers,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ActivityError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      if (!limit.aborted) throw new ActivityError('CHECK_FAILED', `The query of a check fails: ${reason}`);
      const late = unscored('CHECK_TIMEOUT', `The query had not ended after ${TIMEOUT_MS / 1000} s.`);
      return answers.map(() => late);
    } finally {
      either.removeEventListener('abort', interrupt);
      connection.closeSync();
      instance.closeSync();
    }
  },
};

function textsOf(answer: CheckedAnswer): (string | null)[] {
  const facts = factsOf(answer);
  const text = (value: Value): string | null => (value === null ? null : fieldText(value));
  return [answer.key, ...ANSWER_FACTS.map((name) => text(facts[name]))];
}

function assertColumns(names: readonly string[]): void {
  if (names.includes('key') && (names.includes('score') || names.includes('passed'))) return;
  throw new ActivityError(
    'CHECK_FAILED',
    `The query of a check gives ${names.join(', ')}; it must give 'key' and 'score'.`,
  );
}

function toResults(
  rows: readonly { readonly [column: string]: unknown }[],
  answers: readonly CheckedAnswer[],
): CheckResult[] {
  const byKey = new Map<unknown, CheckResult>();
  for (const row of rows) {
    const result = byKey.has(row['key'])
      ? unscored('BAD_SCORE', 'The query says more than one thing of it.')
      : readScore(row['score'] ?? row['passed'], row['reason']);
    byKey.set(row['key'], result);
  }
  const missing = unscored('NO_RESULT', 'The query says nothing of it.');
  return answers.map(({ key }) => byKey.get(key) ?? missing);
}
