/** The rows that a model is asked about. */
import { didYouMean } from '../../../definitions/model/did-you-mean.ts';
import type { ActivityContext } from '../../activity.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { isSameColumn } from '../../imports/prompt-fields.ts';
import { quoteName } from '../../store/duckdb/database.ts';
import type { ViewReader } from '../../store/views/open-views.ts';
import type { Cell } from '../../store/tables.ts';
import { withRun } from '../with-run.ts';

export interface SourceRow {
  /** JSON list of the key's values as texts. */
  readonly key: string;
  /** Values of the placeholders; lists and structs as JSON text. */
  readonly values: { readonly [placeholder: string]: Cell };
}

/** The SELECT for what a user names as source: a table means its rows of this run. */
export function sourceSql(from: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(from)
    ? `select * from "${from}" where run = $run`
    : from.replace(/[;\s]+$/, '');
}

/** SQL for `SourceRow.key`. */
export function rowKeySql(key: readonly string[]): string {
  return `to_json([${key.map((name) => `${quoteName(name)}::varchar`).join(', ')}])::varchar`;
}

/**
 * All rows of the source, by key. Throws `ActivityError` `UNKNOWN_COLUMN`, `NULL_KEY`, `DUPLICATE_KEY`, and what the
 * views throw for the query.
 */
export async function readSource(
  views: ViewReader,
  source: string,
  key: readonly string[],
  placeholders: readonly string[],
  { run, signal }: ActivityContext,
): Promise<readonly SourceRow[]> {
  const parameters = withRun(source, {}, run.runId);
  const { columns } = await views.query(`select * from (${source}\n) limit 0`, parameters, { signal });
  const names = columns.map(({ name }) => name);
  for (const [column, what] of [
    ...key.map((name) => [name, 'The key names'] as const),
    ...placeholders.map((name) => [name, 'The text has a placeholder'] as const),
  ]) {
    if (names.some((name) => isSameColumn(name, column))) continue;
    throw new ActivityError(
      'UNKNOWN_COLUMN',
      `${what} '${column}', which is no column of 'from'; those are ${names.join(', ')}. ${didYouMean(column, names)}`,
    );
  }
  const isNull = key.map((name) => `${quoteName(name)} is null`).join(' or ');
  const selected = [rowKeySql(key), `(${isNull})`, ...placeholders.map(quoteName)];
  const query = `select ${selected.map((column, index) => `${column} as c${index}`).join(', ')} from (${source}\n) order by c0`;
  const { rows } = await views.query(query, parameters, { signal });
  const seen = new Set<string>();
  return rows.map(([rowKey, hasNull, ...values]): SourceRow => {
    const text = typeof rowKey === 'string' ? rowKey : '';
    if (hasNull === true)
      throw new ActivityError('NULL_KEY', `A row of 'from' has no value for its key (${key.join(', ')}).`);
    if (seen.has(text))
      throw new ActivityError(
        'DUPLICATE_KEY',
        `Two rows of 'from' have the key (${key.join(', ')}) = ${text}.`,
      );
    seen.add(text);
    const cells = values.map((value): Cell =>
      typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
    );
    return {
      key: text,
      values: Object.fromEntries(placeholders.map((name, index) => [name, cells[index] ?? null])),
    };
  });
}
