/** Where runs leave what people read. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, exitCodes } from './cli-error.ts';

/**
 * Id of the run whose evaluation or log was written last.
 * Throws `CliError` `NO_RESULTS` if there is none.
 */
export async function latestResult(root: string, kind: 'evaluations' | 'logs'): Promise<string> {
  const folder = join(root, 'results', kind);
  const names = await readdir(folder).catch(() => []);
  const wanted = kind === 'logs' ? names.filter((name) => name.endsWith('.jsonl')) : names;
  const dated = await Promise.all(
    wanted.map(async (name) => ({ name, time: (await stat(join(folder, name))).mtimeMs })),
  );
  const latest = dated.toSorted((left, right) => right.time - left.time)[0];
  if (latest !== undefined) return decodeURIComponent(latest.name.replace(/\.jsonl$/u, ''));
  const what = kind === 'logs' ? 'No run has left a log' : 'No run has been evaluated';
  throw new CliError(
    'NO_RESULTS',
    `${what} in ${folder} yet: \`prose run prose\` makes one`,
    exitCodes.failed,
  );
}
