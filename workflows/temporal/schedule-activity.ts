/** Runs the activities of a run on Temporal. */
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { ActivityRequest, CachedOutput, RunReference } from '../../activities/activity.ts';
import type { Value } from '../../definitions/model/types.ts';
import { within, type Gate } from './gate.ts';
import { askAgain, isHandedBack } from './handed-back.ts';
import { prefixOf, withPrefix } from '../../definitions/model/task-queue-on-server.ts';
import { activityId } from '../../definitions/model/instance-path.ts';
import { ACTIVITY_TIMEOUT, WORKFLOW_TASK_QUEUE } from '../messages.ts';
import type { Pace } from './pace.ts';
import { Semaphore } from './semaphore.ts';
import { cancelled, failed, succeeded, type Failure, type Settlement } from '../state/settlement.ts';
import type { Handover } from './handover.ts';
import type { RunControl } from '../control/run-control.ts';
import type { ActivityCall } from '../tasks/calls.ts';

/**
 * Activities of a run that are pending at the most (invariant 6). Asking Temporal for more than 2,000 hangs the
 * run; it advises at most 500.
 */
export const MAX_PENDING_ACTIVITIES = 200;

type Activities = { [name: string]: (request: ActivityRequest) => Promise<Value | CachedOutput> };

/** A function that runs one activity of the run, once fewer than `maxPending` are pending, no pause holds, no handover is near, and not too much is handed out in one moment. */
export function createActivityScheduler(
  run: RunReference,
  control: RunControl,
  handover: Handover,
  pace: Pace,
  maxPending = MAX_PENDING_ACTIVITIES,
): (call: ActivityCall) => Promise<Settlement> {
  // A pause reaches those still in line; without one nothing is awaited, so that recorded histories replay.
  const pause: Gate = {
    enter: () => (control.isPaused ? control.untilResumed() : undefined),
    leave: () => {},
  };
  const gates = [new Semaphore(maxPending), pause, handover];
  return (call) => within([...gates, pace.gateFor(call.chars)], () => runActivity(run, call));
}

function runActivity(run: RunReference, call: ActivityCall): Promise<Settlement> {
  const { activity, task, with: input, options, cache, rounds } = call;
  const prefix = prefixOf(workflowInfo().taskQueue, WORKFLOW_TASK_QUEUE);
  const activities = proxyActivities<Activities>({
    ...options,
    ...(options.taskQueue !== undefined && { taskQueue: withPrefix(prefix, options.taskQueue) }),
    activityId: activityId(task),
    summary: task,
  });
  const request = { run, task, with: input, ...(cache && { cache }), ...(rounds && { rounds }) };
  // The proxy has a function for every name.
  const start = activities[activity] as Activities[string];
  const settle = (result: Value | CachedOutput): Settlement => {
    if (cache === undefined) return succeeded((result ?? null) as Value);
    const { output, cached } = result as CachedOutput;
    return { ...succeeded(output), ...(cached ? { cached } : {}) };
  };
  return start(request).then(settle, (error) =>
    isHandedBack(error) ? askAgain(() => start(request)).then(settle, failureOf) : failureOf(error),
  );
}

function failureOf(error: unknown): Settlement {
  if (isCancellation(error)) return cancelled;
  if (!(error instanceof ActivityFailure)) throw error;
  const { type, message } = describeFailure(error);
  return failed(type, message);
}

/** The cause of an activity's failure: its own error type and message, or that it ran out of time. */
function describeFailure(error: ActivityFailure): Failure {
  const { cause } = error;
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'Error', message: cause.message };
  if (cause instanceof TimeoutFailure) return { type: ACTIVITY_TIMEOUT, message: describeTimeout(cause) };
  return { type: cause?.name ?? error.name, message: cause?.message ?? error.message };
}

const timeouts = {
  START_TO_CLOSE: "An attempt took longer than the task's timeout",
  HEARTBEAT: "Nothing was heard of an attempt for longer than the task's heartbeat",
  SCHEDULE_TO_START: 'No worker took the task within its scheduleToStart',
  SCHEDULE_TO_CLOSE: 'The task was not done within its scheduleToClose',
} as const;

function describeTimeout({ timeoutType = 'START_TO_CLOSE', cause }: TimeoutFailure): string {
  return `${timeouts[timeoutType]}${cause instanceof Error ? `; the last attempt: ${cause.message}` : ''}.`;
}
