/** Where runs leave what people read. */
import { join } from 'node:path';
import { getText, type Backend } from '../activities/store/backend.ts';
import { evaluationFolder } from '../activities/store/run-paths.ts';
import { CliError, exitCodes } from './cli-error.ts';
import type { Cli } from './cli.ts';

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

/** Text of a run's metrics.json; undefined if the run has not been evaluated. */
export function readMetrics(backend: Backend, runId: string): Promise<string | undefined> {
  return getText(backend, `${evaluationFolder(runId)}/metrics.json`);
}

/** The same of a run that must have one. Throws `CliError` `NO_RESULTS`. */
export async function demandMetrics(cli: Cli, runId: string): Promise<string> {
  const metrics = await readMetrics(cli.backend, runId);
  if (metrics !== undefined) return metrics;
  const where = join(cli.root, evaluationFolder(runId));
  throw new CliError(
    'NO_RESULTS',
    `Run ${runId} has not been evaluated (no metrics.json in ${where})`,
    exitCodes.wrongInput,
  );
}

/** For the person, whose browser opens it. */
export function reportPath(cli: Cli, runId: string): string {
  return join(cli.backend.localRoot, evaluationFolder(runId), 'report.html');
}

/** The summary that the report's author wrote for terminals. */
export async function summaryText(cli: Cli, metrics: string): Promise<string> {
  const { terminalSummary } = await import('../activities/report/summary.ts');
  return terminalSummary(JSON.parse(metrics), { colour: cli.colors.isColorSupported });
}
