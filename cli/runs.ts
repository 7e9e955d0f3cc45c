/** The runs that Temporal knows of. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { CliError, exitCodes } from './cli-error.ts';
import { SLICE_WORKFLOW, WORKFLOW_TASK_QUEUE } from '../workflows/messages.ts';
import type { TemporalSession } from './temporal-session.ts';

/** The latest runs, each by its last execution, newest first; without those that other runs have started. */
export async function listRuns({ client }: TemporalSession, limit: number): Promise<WorkflowExecutionInfo[]> {
  const runs: WorkflowExecutionInfo[] = [];
  const known = new Set<string>();
  // The server gives them newest first by default; an ORDER BY is refused by some of its stores.
  for await (const run of client.workflow.list({
    query: `TaskQueue = '${WORKFLOW_TASK_QUEUE}' AND WorkflowType != '${SLICE_WORKFLOW}'`,
    pageSize: limit,
  })) {
    if (run.parentExecution !== undefined || known.has(run.workflowId)) continue;
    known.add(run.workflowId);
    runs.push(run);
    if (runs.length === limit) break;
  }
  return runs;
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

/** Lets an unknown run be told as such: `CliError` `NO_SUCH_RUN`. `kind` is part of the message: `running `. */
export async function orNoSuchRun<T>(runId: string, work: Promise<T>, kind = ''): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error;
    throw new CliError(
      'NO_SUCH_RUN',
      `There is no ${kind}run ${runId}: \`prose list\` shows the latest`,
      exitCodes.wrongInput,
    );
  }
}
