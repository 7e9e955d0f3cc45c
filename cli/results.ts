/** Where runs leave what people read. */
import type { Backend } from '../activities/store/backend.ts';
import { CliError, exitCodes } from './cli-error.ts';

/**
 * Id of the run whose evaluation or log was written last.
 * Throws `CliError` `NO_RESULTS` if there is none.
 */
export async function latestResult(backend: Backend, kind: 'evaluations' | 'logs'): Promise<string> {
  const folder = `results/${kind}`;
  const file = kind === 'logs' ? '' : 'metrics.json';
  const names = (await backend.list(folder)).filter((name) =>
    name.endsWith(kind === 'logs' ? '.jsonl' : '/'),
  );
  const dated = await Promise.all(
    names.map(async (name) => ({ name, found: await backend.stat(`${folder}/${name}${file}`) })),
  );
  const latest = dated
    .filter(({ found }) => found !== undefined)
    .toSorted((left, right) => (right.found?.modifiedMs ?? 0) - (left.found?.modifiedMs ?? 0))[0];
  if (latest !== undefined) return decodeURIComponent(latest.name.replace(/\.jsonl$|\/$/u, ''));
  const what = kind === 'logs' ? 'No run has left a log' : 'No run has been evaluated';
  throw new CliError(
    'NO_RESULTS',
    `${what} in ${folder} yet: \`prose run prose\` makes one`,
    exitCodes.failed,
  );
}
