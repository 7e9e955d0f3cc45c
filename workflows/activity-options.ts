/** From a task's options and its definition's defaults to Temporal's. */
import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time.js';
import type { RetryPolicy, TaskOptions } from '../definitions/types.ts';

/** What holds where neither the task nor the definition's `defaults` say; documented in `definitions/types.ts`. */
const TIMEOUT = '30m';
const HEARTBEAT = '30s';
const RETRY = { maximumAttempts: 5, initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' };

/**
 * The options of a task's activity. Each key is taken from the task, else from `defaults`, else from the
 * standard; `retry` is merged key by key.
 *
 * @param taskQueue the activity's own task queue, used when neither names one.
 */
export function activityOptions(
  task: TaskOptions,
  defaults: TaskOptions,
  taskQueue: string,
): ActivityOptions {
  const scheduleToStart = task.scheduleToStart ?? defaults.scheduleToStart;
  const scheduleToClose = task.scheduleToClose ?? defaults.scheduleToClose;
  return {
    taskQueue: task.taskQueue ?? defaults.taskQueue ?? taskQueue,
    startToCloseTimeout: duration(task.timeout ?? defaults.timeout ?? TIMEOUT),
    heartbeatTimeout: duration(task.heartbeat ?? defaults.heartbeat ?? HEARTBEAT),
    ...(scheduleToStart === undefined ? {} : { scheduleToStartTimeout: duration(scheduleToStart) }),
    ...(scheduleToClose === undefined ? {} : { scheduleToCloseTimeout: duration(scheduleToClose) }),
    retry: retryOptions({ ...RETRY, ...defaults.retry, ...task.retry }),
    // Ending only when its activities have ended keeps a cancelled run from writing on after it is over.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

function retryOptions(retry: RetryPolicy & typeof RETRY): NonNullable<ActivityOptions['retry']> {
  const { maximumAttempts, backoffCoefficient, nonRetryableErrorTypes } = retry;
  // Temporal refuses 0, and a maximum below the first wait; its refusal would hang the run, not fail it.
  const initialInterval = Math.max(1, msToNumber(duration(retry.initialInterval)));
  const maximumInterval = Math.max(initialInterval, msToNumber(duration(retry.maximumInterval)));
  return {
    // Temporal's name for "without limit" is Infinity, not the 0 of its servers.
    maximumAttempts: maximumAttempts === 0 ? Infinity : maximumAttempts,
    initialInterval,
    maximumInterval,
    backoffCoefficient,
    ...(nonRetryableErrorTypes === undefined ? {} : { nonRetryableErrorTypes: [...nonRetryableErrorTypes] }),
  };
}

/** A duration in milliseconds. */
export function durationMs(text: string): number {
  return msToNumber(duration(text));
}

/** The checker has made sure of the form, which Temporal's type can only say for literals. */
function duration(text: string): Duration {
  return text as Duration;
}
