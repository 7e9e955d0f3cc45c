import type { Row } from '../store/tables.ts';
import { ActivityError } from '../attempts/errors.ts';
import { kindOf } from './retry-rules.ts';

/**
 * What a model says and cannot be used is a finding about the model: it goes into the report, and costs nothing further
 * on. So is a row that had nothing to be made from.
 */
const REFUSED: ReadonlySet<unknown> = new Set([
  'NO_PROMPT',
  'NO_FIELD',
  'UNPARSABLE',
  'COPIED_INSTRUCTION',
  'UNCHANGED',
  'ANSWERED',
  'LOST_CONTENT',
]);
const isFinding = (error: unknown): boolean =>
  REFUSED.has(error) || kindOf(String(error))?.fault === 'answer';

/**
 * Some calls that a server refuses are data; most of a shard refused is a server or a set-up that is not fit for the
 * work, and going on would only spend more.
 * @param what the rows, in plural, e.g. `answers`
 * @throws ActivityError `TOO_MANY_FAILED` when the calls of more than half of the rows have failed
 */
export function assertMostMade(rows: readonly Row[], what: string, role: string): void {
  const asked = rows.filter(({ error }) => error !== 'NO_PROMPT' && error !== 'NOTHING_TO_COMPARE');
  const failed = asked.filter(({ error = null }) => error !== null && !isFinding(error));
  if (failed.length <= asked.length / 2) return;
  const codes = [...new Set(failed.map((row) => String(row['error'])))].join(', ');
  throw new ActivityError(
    'TOO_MANY_FAILED',
    `${failed.length} of ${asked.length} ${what} of a shard could not be made (${codes}): look at the ${role} model and its server.`,
  );
}
