/** `prose list`: the latest runs. */
import { InvalidArgumentError } from 'commander';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { Cli } from '../cli.ts';
import { formatDuration } from '../text/duration-text.ts';
import { listRuns, sayState } from '../temporal/runs.ts';
import { formatTable } from '../text/table-text.ts';
import { openTemporal } from '../temporal/temporal-session.ts';

interface ListOptions {
  readonly limit: number;
  readonly json?: boolean;
}

export function addListVerb(cli: Cli): void {
  cli.program
    .command('list')
    .description('list the latest runs')
    .option('--limit <n>', 'how many', parseLimit, 20)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  prose list\n  prose list --limit 5 --json')
    .action(async ({ limit, json }: ListOptions) => {
      const session = await openTemporal(cli);
      try {
        const runs = (await listRuns(session, limit)).map(describe);
        if (json === true) cli.printJson(runs);
        else if (runs.length === 0) cli.print('No runs yet: `prose run prose` starts one.');
        else {
          const rows = runs.map(({ runId, definition, state, startedAt, seconds }) => [
            runId,
            definition,
            state,
            startedAt.replace('T', ' ').slice(0, 19),
            formatDuration(seconds * 1000),
          ]);
          for (const line of formatTable({
            columns: ['run', 'definition', 'state', 'started (UTC)', 'took'],
            rows,
          })) {
            cli.print(line);
          }
        }
      } finally {
        await session.close();
      }
    });
}

function describe(run: WorkflowExecutionInfo): {
  runId: string;
  definition: string;
  state: string;
  startedAt: string;
  seconds: number;
} {
  const ended = run.closeTime?.getTime() ?? Date.now();
  return {
    runId: run.workflowId,
    definition: run.type,
    state: sayState(run),
    startedAt: run.startTime.toISOString(),
    seconds: Math.round((ended - run.startTime.getTime()) / 1000),
  };
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw new InvalidArgumentError('a whole number from 1 to 1000 is expected');
}
