/** What is wrong with names of tables and with queries that stand in a definition. */
import type { Found } from '../../definitions/documents/problem.ts';
import { didYouMean } from '../../definitions/model/did-you-mean.ts';
import type { Value } from '../../definitions/model/types.ts';
import type { StaticProject } from '../activity.ts';
import { parseQuery } from '../store/duckdb/parse-query.ts';
import { isReserved } from '../store/user-tables/user-tables.ts';

/** Problem `RESERVED_NAME` of the table to write. */
export function checkInto(into: Value | undefined): readonly Found[] {
  if (typeof into !== 'string' || !isReserved(into)) return [];
  const message = `The table '${into}' is one of PROSE's own.`;
  return [{ code: 'RESERVED_NAME', message, advice: 'Choose another name.', at: ['into'] }];
}

/**
 * Problems `SQL_INVALID` and `UNKNOWN_TABLE` of a query.
 *
 * @param key of the input that it stands under.
 * @param own names that it has for something else than tables.
 */
export async function checkQuery(
  query: Value | undefined,
  key: string,
  { tables }: StaticProject,
  own: readonly string[] = [],
): Promise<readonly Found[]> {
  if (typeof query !== 'string') return [];
  const parsed = await parseQuery(query);
  if ('error' in parsed) {
    const [message = ''] = parsed.error.split('\n');
    const advice = "Write one SELECT in DuckDB's SQL.";
    return [{ code: 'SQL_INVALID', message: `The query cannot be read: ${message}.`, advice, at: [key] }];
  }
  if (tables === undefined) return [];
  const known = [...tables, ...own.map((name) => name.toLowerCase())];
  return parsed.tables
    .filter((name) => /^[a-z_]\w*$/.test(name) && !known.includes(name))
    .map((name): Found => {
      const message = `There is no table '${name}', and no task writes it.`;
      return { code: 'UNKNOWN_TABLE', message, advice: didYouMean(name, known), at: [key] };
    });
}
