/** What is said when a run has ended. */
import { exitCodes, type ExitCode } from './cli-error.ts';
import type { Cli } from './cli.ts';
import { isConnectionLost } from './lost-connection.ts';
import { readMetrics, reportPath, summaryText } from './report.ts';
import type { TemporalSession } from './temporal-session.ts';
import { neutraliseLine } from '../activities/report/plain-text.ts';
import type { TaskStatus } from '../workflows/messages.ts';
import type { RunView } from './watch-run.ts';

interface EndOptions {
  readonly isQuiet: boolean;
  /** Whether every answer came from the embedded models. */
  readonly isSimulated: boolean;
}

/** Error type of a run that its budget has stopped. */
const overBudget = 'BUDGET_REACHED';

/** Prints the verdict, or why there is none, and where to look; sets the exit code. */
export async function endRun(
  cli: Cli,
  session: TemporalSession,
  runId: string,
  { status }: RunView,
  { isQuiet, isSimulated }: EndOptions,
): Promise<void> {
  // Temporal knows how a run ended even when no worker is left to answer a query.
  const failure = await session.client.workflow
    .getHandle(runId)
    .result()
    .then(
      () => undefined,
      (error: unknown) => {
        if (isConnectionLost(error)) throw error;
        return reasonOf(error);
      },
    );
  const failures = status?.failures ?? [];
  cli.exitCode = exitCodeOf(failure, failures);
  const metrics = await readMetrics(cli.root, runId);
  const untested =
    failure === undefined && metrics === undefined ? whyUntested(status?.tasks ?? []) : undefined;
  const url = session.runUrl(runId);
  if (isQuiet) {
    cli.printJson({
      runId,
      state: failure === undefined ? 'succeeded' : (status?.state ?? 'failed'),
      outputs: status?.outputs ?? null,
      failures,
      error: failure ?? null,
      metrics: metrics === undefined ? null : (JSON.parse(metrics) as unknown),
      ...(untested !== undefined && { untested }),
      report: metrics === undefined ? null : reportPath(cli.root, runId),
      url: url ?? null,
    });
    return;
  }
  cli.print();
  if (failure !== undefined) cli.print(cli.colors.red(`The run has failed: ${neutraliseLine(failure)}`));
  if (untested !== undefined) cli.print(cli.colors.yellow(untested));
  if (metrics !== undefined) {
    cli.print(await summaryText(cli, metrics));
    cli.print(`Report:       ${reportPath(cli.root, runId)}`);
  }
  if (url !== undefined) cli.print(`Temporal UI:  ${url}`);
  cli.print(`Log:          prose logs ${runId}`);
  if (failure === undefined && isSimulated) {
    cli.print('With your own model: prose run prose --endpoint http://HOST:8000/v1 --model NAME');
  }
  if (!cli.context.env['TEMPORAL_ADDRESS']) cli.print('The local stack stays up; `prose down` stops it.');
}

/** Why a run that has succeeded has no metrics; undefined if no task was skipped. */
export function whyUntested(tasks: readonly TaskStatus[]): string | undefined {
  const skipped = firstSkipped(tasks);
  if (skipped === undefined) return undefined;
  const { path, reason } = skipped;
  const why = reason === undefined ? '' : ` (${reason})`;
  return neutraliseLine(`No test was made: ${path} was skipped${why}`);
}

function firstSkipped(tasks: readonly TaskStatus[]): TaskStatus | undefined {
  for (const task of tasks) {
    const found = task.state === 'skipped' ? task : firstSkipped(task.tasks ?? []);
    if (found !== undefined) return found;
  }
  return undefined;
}

function exitCodeOf(failure: string | undefined, failures: readonly { readonly type: string }[]): ExitCode {
  if (failure === undefined) return exitCodes.done;
  return failures.some(({ type }) => type === overBudget) ? exitCodes.overBudget : exitCodes.failed;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
