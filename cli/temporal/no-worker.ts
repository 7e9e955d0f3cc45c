/** What to do when no worker answers for a run. */
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import { isSetAside, readEndedWorkers } from '../../activities/store/records/ended-workers.ts';
import { WORKFLOW_TASK_QUEUE } from '../../workflows/messages.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { orNoSuchRun } from './runs.ts';
import { setAsideText } from '../text/set-aside-text.ts';
import { shellWord } from '../text/shell-word.ts';
import type { TemporalSession } from './temporal-session.ts';

/**
 * Nothing tells how far an open run is: exit code 1. `WORKER_ENDED` where the workers of the project at `root` refuse it.
 * Rejects with `CliError` `NO_SUCH_RUN`, and with the client's errors.
 */
export async function noWorkerError(
  root: string,
  { client, taskQueue: nameOf }: Pick<TemporalSession, 'client' | 'taskQueue'>,
  runId: string,
): Promise<CliError> {
  const { taskQueue, runId: execution } = await orNoSuchRun(
    runId,
    client.workflow.getHandle(runId).describe(),
  );
  const refused = readEndedWorkers(root).find((run) => isSetAside(run) && run.runId === execution);
  if (refused !== undefined)
    return new CliError('WORKER_ENDED', neutraliseLine(setAsideText(refused)), exitCodes.failed);
  const advice =
    taskQueue === nameOf(WORKFLOW_TASK_QUEUE)
      ? '`prose up` starts one, `prose doctor` tells what is missing'
      : `it was started on the task queue '${taskQueue}', and runs belong on '${nameOf(WORKFLOW_TASK_QUEUE)}'. \`temporal workflow terminate --workflow-id ${shellWord(runId)}\` ends it; then start it there`;
  return new CliError(
    'NO_WORKER',
    neutraliseLine(`No worker answers for ${runId}: ${advice}`),
    exitCodes.failed,
  );
}
