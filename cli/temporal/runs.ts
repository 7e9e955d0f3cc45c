/** The runs that Temporal knows of. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { CliError, exitCodes, wrongInput } from '../cli-error.ts';
import { SLICE_WORKFLOW, WORKFLOW_TASK_QUEUE } from '../../workflows/messages.ts';
import type { TemporalSession } from './temporal-session.ts';

/** Executions that are looked through for the latest runs, at the most. */
const maxScanned = 10_000;

/**
 * The latest runs, each by its last execution, that which started last first; without those that other runs have
 * started.
 */
export async function listRuns(
  { client, taskQueue }: TemporalSession,
  limit: number,
): Promise<WorkflowExecutionInfo[]> {
  const executions: WorkflowExecutionInfo[] = [];
  // The server gives first what runs or ended last; an ORDER BY is refused by some of its stores.
  for await (const run of client.workflow.list({
    query: `TaskQueue = '${taskQueue(WORKFLOW_TASK_QUEUE)}' AND WorkflowType != '${SLICE_WORKFLOW}'`,
    pageSize: 1_000,
  })) {
    executions.push(run);
    if (executions.length === maxScanned) break;
  }
  const latest = new Map<string, WorkflowExecutionInfo>();
  for (const run of executions.toSorted((one, other) => Number(other.startTime) - Number(one.startTime)))
    if (run.parentExecution === undefined && !latest.has(run.workflowId)) latest.set(run.workflowId, run);
  return [...latest.values()].slice(0, limit);
}

/** Ids of the runs that have not succeeded: they go on, or can be retried, as long as Temporal knows of them. */
export async function listUnfinished(session: TemporalSession): Promise<readonly string[]> {
  const runs = await listRuns(session, maxScanned);
  return runs.filter(({ status }) => status.name !== 'COMPLETED').map(({ workflowId }) => workflowId);
}

/** How an execution is, in the words of a run's status: `running`, `succeeded`, `failed`, `timed out` … */
export function sayState({ status }: Pick<WorkflowExecutionInfo, 'status'>): string {
  return status.name.toLowerCase().replaceAll('_', ' ').replace('completed', 'succeeded');
}

/** Id of the run that started last. Throws `CliError` `NO_SUCH_RUN` if there is none. */
export async function latestRun(session: TemporalSession): Promise<string> {
  const latest = (await listRuns(session, 1))[0];
  if (latest !== undefined) return latest.workflowId;
  throw new CliError(
    'NO_SUCH_RUN',
    `No run is known at ${session.address}: \`prose run prose\` starts one`,
    exitCodes.failed,
  );
}

/** `k1 has ended already, as failed at 2026-11-22T19:38:05.000Z`; undefined of a run that goes on. */
export function sayEnd(
  run: Pick<WorkflowExecutionInfo, 'workflowId' | 'closeTime' | 'status'>,
): string | undefined {
  return (
    run.closeTime &&
    `${run.workflowId} has ended already, as ${sayState(run)} at ${run.closeTime.toISOString()}`
  );
}

/** Lets an unknown run be told as such: `CliError` `NO_SUCH_RUN`. */
export async function orNoSuchRun<T>(runId: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new CliError(
      'NO_SUCH_RUN',
      `There is no run ${runId}: \`prose list\` shows the latest`,
      exitCodes.wrongInput,
    );
  }
}

/** The same for what only a run that goes on takes; of one that has ended, `CliError` `WRONG_INPUT` says how. */
export async function orHasEnded<T>(
  { client }: TemporalSession,
  runId: string,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const end = sayEnd(await orNoSuchRun(runId, client.workflow.getHandle(runId).describe()));
    throw end === undefined ? error : wrongInput(end);
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowNotFoundError';
}
