import { randomInt } from 'node:crypto';
import { wrongInput } from '../cli-error.ts';

/** A run id as given. Throws `CliError` `WRONG_INPUT` unless it has 1 to 200 characters, none of them `/`. */
export function checkedRunId(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  if (given === '' || given.length > 200)
    throw wrongInput(`--run-id must have 1 to 200 characters, not ${given.length}`);
  if (!given.includes('/')) return given;
  throw wrongInput(
    `--run-id ${given}: '/' is what the ids of runs inside a run have; take another character, such as ${given.replaceAll('/', '-')}`,
  );
}

/** A new run's id, e.g. `prose-20261122-193805-x7f2`: definition, UTC time, four random characters. */
export function createRunId(definition: string, now: Date = new Date()): string {
  const [date = '', time = ''] = now.toISOString().slice(0, 19).replace(/[-:]/gu, '').split('T');
  const random = Array.from({ length: 4 }, () => randomInt(36).toString(36)).join('');
  return `${definition}-${date}-${time}-${random}`;
}
