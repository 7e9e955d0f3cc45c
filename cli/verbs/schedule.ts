/** `prose schedule`: definitions that run by themselves, as Temporal Schedules. */
import type { Command } from 'commander';
import type { ScheduleHandle, ScheduleSummary } from '@temporalio/client';
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import type { Cli } from '../cli.ts';
import { addCreateVerb } from '../schedules/schedule-create.ts';
import { addDescribeVerb } from '../schedules/schedule-describe.ts';
import { overlapPolicies, sayTimes } from '../schedules/schedule-spec.ts';
import { orNoSuchSchedule } from '../schedules/schedules.ts';
import { formatTable } from '../text/table-text.ts';
import { openTemporal } from '../temporal/temporal-session.ts';

interface JsonOption {
  readonly json?: boolean;
}

export function addScheduleVerb(cli: Cli): void {
  const schedule = cli.program
    .command('schedule')
    .description('run a definition again and again, such as a round of continual learning every night');
  addCreateVerb(cli, schedule);
  addListVerb(cli, schedule);
  addDescribeVerb(cli, schedule);
  schedule
    .command('trigger')
    .description('run it now, too; whether beside a run that has not ended, its overlap policy decides')
    .argument('<id>', "the Schedule's id")
    .action((id: string) =>
      change(cli, id, 'was triggered', async (handle) => {
        // Without a policy of its own a trigger overlaps with whatever runs.
        const { overlap } = (await handle.describe()).policies;
        await handle.trigger(overlap ?? overlapPolicies.skip);
      }),
    );
  schedule
    .command('pause')
    .description('start no run until it is resumed; one that runs goes on')
    .argument('<id>', "the Schedule's id")
    .option('--note <text>', 'why', 'Paused by prose')
    .action((id: string, { note }: { note: string }) =>
      change(cli, id, 'is paused', (handle) => handle.pause(note)),
    );
  schedule
    .command('resume')
    .description('let a paused Schedule run again')
    .argument('<id>', "the Schedule's id")
    .option('--note <text>', 'why', 'Resumed by prose')
    .action((id: string, { note }: { note: string }) =>
      change(cli, id, 'goes on', (handle) => handle.unpause(note)),
    );
  schedule
    .command('delete')
    .description('remove it; its runs and their data stay')
    .argument('<id>', "the Schedule's id")
    .action((id: string) => change(cli, id, 'is deleted', (handle) => handle.delete()));
}

async function change(
  cli: Cli,
  id: string,
  done: string,
  work: (handle: ScheduleHandle) => Promise<void>,
): Promise<void> {
  const session = await openTemporal(cli);
  try {
    await orNoSuchSchedule(id, work(session.client.schedule.getHandle(id)));
    cli.print(neutraliseLine(`Schedule ${id} ${done}.`));
  } finally {
    await session.close();
  }
}

function addListVerb(cli: Cli, schedule: Command): void {
  schedule
    .command('list')
    .description('list the Schedules; a new one may take some seconds to appear')
    .option('--json', 'print JSON')
    .action(async ({ json }: JsonOption) => {
      const session = await openTemporal(cli);
      try {
        const summaries = [];
        for await (const summary of session.client.schedule.list()) summaries.push(summarise(summary));
        if (json === true) cli.printJson(summaries);
        else if (summaries.length === 0)
          cli.print('No Schedules yet: `prose schedule create continual-learning --every 6h` makes one.');
        else for (const line of formatTable(tableOf(summaries))) cli.print(line);
      } finally {
        await session.close();
      }
    });
}

interface Summary {
  readonly id: string;
  readonly definition: string;
  readonly state: 'active' | 'paused';
  readonly times: string;
  /** ISO 8601; null if there is none. */
  readonly next: string | null;
  /** Id of the latest run; null before the first. */
  readonly lastRun: string | null;
}

function summarise({ scheduleId, spec, action, state, info }: ScheduleSummary): Summary {
  return {
    id: scheduleId,
    definition: action?.workflowType ?? '',
    state: state.paused ? 'paused' : 'active',
    times: spec === undefined ? '' : sayTimes(spec),
    next: info.nextActionTimes[0]?.toISOString() ?? null,
    lastRun: info.recentActions.at(-1)?.action.workflow.workflowId ?? null,
  };
}

function tableOf(summaries: readonly Summary[]): {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
} {
  return {
    columns: ['schedule', 'definition', 'state', 'times', 'next (UTC)', 'last run'],
    rows: summaries.map(({ id, definition, state, times, next, lastRun }) => [
      id,
      definition,
      state,
      times,
      sayTime(next),
      lastRun ?? '',
    ]),
  };
}

function sayTime(time: string | null): string {
  return time === null ? '' : time.replace('T', ' ').slice(0, 19);
}
