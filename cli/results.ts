/** Where runs leave what people read. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, exitCodes, wrongInput } from './cli-error.ts';

export function evaluationDirectory(root: string, runId: string): string {
  return join(root, 'results', 'evaluations', assertRunId(runId));
}

export function runLogPath(root: string, runId: string): string {
  return join(root, 'results', 'logs', `${assertRunId(runId)}.jsonl`);
}

/** A run id as part of a path must not lead out of its folder. Throws `CliError` `WRONG_INPUT`. */
function assertRunId(runId: string): string {
  if (/^[\w.-]+$/u.test(runId) && !/^\.+$/u.test(runId)) return runId;
  throw wrongInput(`'${runId}' cannot be a run's id: letters, digits, '.', '_' and '-' only`);
}

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
  if (latest !== undefined) return latest.name.replace(/\.jsonl$/u, '');
  const what = kind === 'logs' ? 'No run has left a log' : 'No run has been evaluated';
  throw new CliError(
    'NO_RESULTS',
    `${what} in ${folder} yet: \`prose run prose\` makes one`,
    exitCodes.failed,
  );
}
