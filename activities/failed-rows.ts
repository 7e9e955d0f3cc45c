import type { Row } from './store/tables.ts';
import { ActivityError } from './errors.ts';

/**
 * Some rows without a result are data; most of a shard without one is a model that does not do its work, and going on
 * would only spend more. Rows that had nothing to be made from (`NO_PROMPT`) do not count.
 * @param what the rows, in plural, e.g. `answers`
 * @throws ActivityError `TOO_MANY_FAILED` when more than half of the rows have an error
 */
export function assertMostMade(rows: readonly Row[], what: string, role: string): void {
  const asked = rows.filter((row) => row['error'] !== 'NO_PROMPT');
  const failed = asked.filter((row) => row['error'] !== null);
  if (failed.length <= asked.length / 2) return;
  const codes = [...new Set(failed.map((row) => String(row['error'])))].join(', ');
  throw new ActivityError(
    'TOO_MANY_FAILED',
    `${failed.length} of ${asked.length} ${what} of a shard could not be made (${codes}): look at the ${role} model and its server.`,
  );
}
