/** `prose status`: how far a run is. */
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import { isSetAside, readEndedWorkers } from '../../activities/store/records/ended-workers.ts';
import type { Cli } from '../cli.ts';
import { followRun } from '../follow/follow-run.ts';
import { noWorkerError } from '../temporal/no-worker.ts';
import { outputLines } from '../follow/output-lines.ts';
import { formatStatus } from '../follow/progress-view.ts';
import { latestRun } from '../temporal/runs.ts';
import { failureText, fetchFailure } from '../follow/run-failure.ts';
import { setAsideText } from '../text/set-aside-text.ts';
import { ledgerOf, spendLine } from '../text/spend-text.ts';
import { openTemporal } from '../temporal/temporal-session.ts';
import { RunWatcher } from '../follow/watch-run.ts';

interface StatusOptions {
  readonly watch?: boolean;
  readonly json?: boolean;
}

export function addStatusVerb(cli: Cli): void {
  cli.program
    .command('status')
    .description('show how far a run is: every task, its counts and what has failed')
    .argument('[run]', "the run's id (default: the run started last)")
    .option('-w, --watch', 'go on showing until the run has ended, or Ctrl-C')
    .option('--json', 'print the status as JSON')
    .addHelpText(
      'after',
      `
Examples:
  prose status
  prose status prose-20261122-193805-x7f2 --watch
  prose status --json | jq .state`,
    )
    .action(async (given: string | undefined, { watch, json }: StatusOptions) => {
      const session = await openTemporal(cli);
      try {
        const runId = given ?? (await latestRun(session));
        if (watch === true && json !== true) {
          await followRun(cli, session, runId, { isQuiet: false });
          return;
        }
        const { status, progress, inside = [] } = await new RunWatcher(session, runId).look();
        if (status === undefined) throw await noWorkerError(cli.root, session, runId);
        const ledger = ledgerOf(cli.backend, status);
        const refused = readEndedWorkers(cli.root).filter(
          (run) => isSetAside(run) && status.state === 'running' && run.workflowId.startsWith(`${runId}/`),
        );
        const isUnexplained =
          ['failed', 'terminated', 'timed out'].includes(status.state) && status.failures.length === 0;
        const failure = isUnexplained ? await fetchFailure(session, runId) : undefined;
        if (json === true) {
          const error = failure === undefined ? {} : { error: failure };
          cli.printJson({
            ...status,
            progress: Object.fromEntries(progress),
            spend: [...ledger.entries.values()],
            inside: inside.map((run) => ({ runId: run.runId, paused: run.paused, waiting: run.waiting })),
            ...(refused.length > 0 && { setAside: refused }),
            ...error,
          });
        } else {
          for (const line of formatStatus(status, progress, Date.now(), cli.colors, inside)) cli.print(line);
          for (const run of refused)
            cli.print(cli.colors.red(neutraliseLine(`  WORKER_ENDED ${setAsideText(run)}`)));
          const outputs = outputLines(status);
          if (outputs.length > 0) cli.print('Outputs:');
          for (const line of outputs) cli.print(line);
          const spent = spendLine(ledger.total, status.budget);
          if (spent !== undefined) cli.print(`  ${spent}`);
          if (failure !== undefined) cli.print(cli.colors.red(failureText(failure)));
          const url = session.runUrl(runId);
          if (url !== undefined) cli.print(cli.colors.dim(url));
        }
      } finally {
        await session.close();
      }
    });
}
