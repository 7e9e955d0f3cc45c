/** What to do when no worker answers for a run. */
import { neutraliseLine } from '../../activities/report/plain-text.ts';
import { WORKFLOW_TASK_QUEUE } from '../../workflows/messages.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { orNoSuchRun } from './runs.ts';
import { shellWord } from '../text/shell-word.ts';
import type { TemporalSession } from './temporal-session.ts';

/** Nothing tells how far a run is: exit code 1. Rejects with `CliError` `NO_SUCH_RUN`, and with the client's errors. */
export async function noWorkerError({ client }: TemporalSession, runId: string): Promise<CliError> {
  const { taskQueue } = await orNoSuchRun(runId, client.workflow.getHandle(runId).describe());
  const advice =
    taskQueue === WORKFLOW_TASK_QUEUE
      ? '`prose up` starts one, `prose doctor` tells what is missing'
      : `it was started on the task queue '${taskQueue}', and runs belong on '${WORKFLOW_TASK_QUEUE}'. \`temporal workflow terminate --workflow-id ${shellWord(runId)}\` ends it; then start it there`;
  return new CliError(
    'NO_WORKER',
    neutraliseLine(`No worker answers for ${runId}: ${advice}`),
    exitCodes.failed,
  );
}
