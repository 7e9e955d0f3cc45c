/** What is said when a run has ended. */
import { EMBEDDED } from '../../configs/settings/simulated.ts';
import { BUDGET_REACHED, type RunStatus, type TaskStatus } from '../../workflows/messages.ts';
import { exitCodes } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { outputLines } from './output-lines.ts';
import { readMetrics, reportPath, summaryText } from '../results.ts';
import { fetchFailure } from './run-failure.ts';
import { shellWord } from '../text/shell-word.ts';
import { ledgerOf, spendLine } from '../text/spend-text.ts';
import type { TemporalSession } from '../temporal/temporal-session.ts';
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import type { RunView } from './watch-run.ts';

/** Prints the verdict, or why there is none, and where to look; sets the exit code. */
export async function endRun(
  cli: Cli,
  session: TemporalSession,
  runId: string,
  { status }: RunView,
  { isQuiet }: { readonly isQuiet: boolean },
): Promise<void> {
  // Temporal knows how a run ended even when no worker is left to answer a query.
  const failure = await fetchFailure(session, runId);
  const isOverBudget = failure?.type === BUDGET_REACHED;
  cli.exitCode =
    failure === undefined ? exitCodes.done : isOverBudget ? exitCodes.overBudget : exitCodes.failed;
  const metrics = await readMetrics(cli.backend, runId);
  const untested =
    failure === undefined && metrics === undefined && status !== undefined ? whyUntested(status) : undefined;
  const url = session.runUrl(runId);
  const ledger = ledgerOf(cli.backend, status ?? { runId });
  if (isQuiet) {
    cli.printJson({
      runId,
      state: failure === undefined ? 'succeeded' : (status?.state ?? 'failed'),
      outputs: status?.outputs ?? null,
      failures: status?.failures ?? [],
      error: failure?.message ?? null,
      spend: [...ledger.entries.values()],
      metrics: metrics === undefined ? null : (JSON.parse(metrics) as unknown),
      ...(untested !== undefined && { untested }),
      report: metrics === undefined ? null : reportPath(cli, runId),
      url: url ?? null,
    });
    return;
  }
  cli.print();
  if (isOverBudget) {
    cli.print(cli.colors.yellow('The run has reached its budget, and stopped.'));
    cli.print('What was paid for is kept. To go on, give the same run a larger budget:');
    cli.print(`  prose retry ${shellWord(runId)} --budget …`);
  } else if (failure !== undefined) {
    const how = sayHow(status?.state);
    cli.print(cli.colors.red(`The run ${how}: ${neutraliseLine(failure.message)}`));
  }
  if (untested !== undefined) cli.print(cli.colors.yellow(untested));
  if (metrics !== undefined) {
    cli.print(await summaryText(cli, metrics));
    cli.print(`Report:       ${reportPath(cli, runId)}`);
  }
  const spent = spendLine(ledger.total, status?.budget);
  if (spent !== undefined && metrics === undefined) cli.print(spent);
  if (url !== undefined) cli.print(`Temporal UI:  ${url}`);
  cli.print(`Log:          prose logs ${shellWord(runId)}`);
  const endpoints = [...ledger.entries.values()].map(({ endpoint }) => endpoint);
  const isAllEmbedded = endpoints.length > 0 && endpoints.every((endpoint) => endpoint === EMBEDDED);
  if (failure === undefined && isAllEmbedded && status !== undefined) {
    const { definition } = status;
    cli.print(
      neutraliseLine(
        `With your own model: prose run ${shellWord(definition)} --endpoint http://HOST:8000/v1 --model NAME`,
      ),
    );
  }
  if (!cli.context.env['TEMPORAL_ADDRESS']) cli.print('The local stack stays up; `prose down` stops it.');
  if (failure !== undefined) return;
  cli.print(cli.colors.green(neutraliseLine(`${runId} succeeded`)));
  if (status !== undefined) for (const line of outputLines(status)) cli.print(line);
}

/** How a run has ended that has not succeeded. */
function sayHow(state: RunStatus['state'] | undefined): string {
  if (state === 'cancelled' || state === 'terminated') return `was ${state}`;
  return state === 'timed out' ? 'has timed out' : 'has failed';
}

/** Why a run that has succeeded has no metrics; undefined if no task was skipped, or if the definition has no `verdict` to come to. */
export function whyUntested({ tasks, outputs }: Pick<RunStatus, 'tasks' | 'outputs'>): string | undefined {
  if (!Object.hasOwn(outputs ?? {}, 'verdict')) return undefined;
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
