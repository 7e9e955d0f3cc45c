/** What is shown of a run that Temporal has closed, whatever the run itself had seen of its end. Pure. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { TaskState } from '../../definitions/model/types.ts';
import type { RunStatus, TaskStatus } from '../../workflows/messages.ts';
import { sayState } from '../temporal/runs.ts';

type Description = Pick<
  WorkflowExecutionDescription,
  'workflowId' | 'type' | 'status' | 'startTime' | 'closeTime' | 'memo'
>;

/** States of what goes on: of a run that is closed there is none. */
const open = ['running', 'held', 'waiting'] as const satisfies readonly TaskState[];

/**
 * The status with the end that Temporal tells of: a run that was terminated, or has run out of time, never hears of it. What
 * it had begun was cut off. Undefined for a run that goes on and does not answer; of one that has ended and does not, all
 * that Temporal knows.
 *
 * @param status the run's own answer, if it has given one.
 */
export function withTruth(status: RunStatus | undefined, description: Description): RunStatus | undefined {
  if (description.status.name === 'RUNNING') return status;
  const known = status ?? unanswered(description);
  if (known.state !== 'running') return known;
  const { closeTime } = description;
  return {
    ...known,
    state: sayState(description) as RunStatus['state'],
    ...(closeTime && { endedAt: closeTime.getTime() }),
    paused: false,
    tasks: known.tasks.map(cutOff),
    slices: [],
    waiting: [],
  };
}

/** A run that no worker answers for. */
function unanswered({ workflowId, type, startTime, memo }: Description): RunStatus {
  const { digest, outputs } = memo ?? {};
  return {
    runId: workflowId,
    definition: type,
    description: '',
    state: 'running',
    paused: false,
    params: {},
    digest: typeof digest === 'string' ? digest : '',
    startedAt: startTime.getTime(),
    tasks: [],
    slices: [],
    waiting: [],
    failures: [],
    outputs: (outputs as RunStatus['outputs'] | undefined) ?? null,
  };
}

function cutOff(task: TaskStatus): TaskStatus {
  const begun = open.reduce((sum, state) => sum + task.counts[state], 0);
  const { tasks } = task;
  return {
    ...task,
    ...(open.some((state) => state === task.state) && { state: 'cancelled' }),
    counts: {
      ...task.counts,
      running: 0,
      held: 0,
      waiting: 0,
      cancelled: task.counts.cancelled + begun,
    },
    ...(tasks !== undefined && { tasks: tasks.map(cutOff) }),
  };
}
