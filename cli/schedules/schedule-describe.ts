/** `prose schedule describe`: one Schedule, and how its last runs have ended. */
import type { Command } from 'commander';
import type { ScheduleDescription } from '@temporalio/client';
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import { isFields } from '../../definitions/documents/fields.ts';
import type { Cli } from '../cli.ts';
import { sayState } from '../temporal/runs.ts';
import { overlapOf, sayTimes } from './schedule-spec.ts';
import { orNoSuchSchedule } from './schedules.ts';
import { openTemporal, type TemporalSession } from '../temporal/temporal-session.ts';

export function addDescribeVerb(cli: Cli, schedule: Command): void {
  schedule
    .command('describe')
    .description('show when it runs, with what, and how its last runs have ended')
    .argument('<id>', "the Schedule's id")
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { readonly json?: boolean }) => {
      const session = await openTemporal(cli);
      try {
        const handle = session.client.schedule.getHandle(id);
        const found = await orNoSuchSchedule(id, handle.describe());
        const ids = found.info.recentActions.map((run) => run.action.workflow.workflowId);
        const recent = await Promise.all(ids.map((run) => recentRun(session, run)));
        const described = describe(found, recent);
        if (json === true) cli.printJson(described);
        else
          for (const [name, value] of Object.entries(described))
            cli.print(neutraliseLine(`${name.padEnd(16)} ${sayValue(value)}`));
      } finally {
        await session.close();
      }
    });
}

interface RecentRun {
  readonly run: string;
  /** `unknown` where Temporal has forgotten it. */
  readonly state: string;
}

async function recentRun({ client }: TemporalSession, run: string): Promise<RecentRun> {
  const found = await client.workflow
    .getHandle(run)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === 'WorkflowNotFoundError') return undefined;
      throw error;
    });
  return { run, state: found === undefined ? 'unknown' : sayState(found) };
}

function describe(
  { scheduleId, spec, action, policies, state, info }: ScheduleDescription,
  recent: readonly RecentRun[],
): object {
  return {
    id: scheduleId,
    definition: action.workflowType,
    state: state.paused ? 'paused' : 'active',
    note: state.note ?? '',
    times: sayTimes(spec),
    overlap: overlapOf(policies.overlap),
    pauseOnFailure: policies.pauseOnFailure,
    params: action.args?.[0] ?? {},
    options: action.args?.[1] ?? {},
    started: info.numActionsTaken,
    skipped: info.numActionsSkippedOverlap,
    missed: info.numActionsMissedCatchupWindow,
    running: info.runningActions.map((run) => run.workflow.workflowId),
    recent,
    next: info.nextActionTimes.slice(0, 5).map((time) => time.toISOString()),
  };
}

function sayValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(sayValue).join(', ');
  if (isRecentRun(value)) return `${value.run} (${value.state})`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isRecentRun(value: unknown): value is RecentRun {
  return isFields(value) && typeof value['run'] === 'string' && typeof value['state'] === 'string';
}
