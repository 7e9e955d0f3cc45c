/** From a task's options and its definition's defaults to Temporal's. */
import type { ActivityOptions } from '@temporalio/workflow';
import type { Priority } from '@temporalio/common';
import { durationMs } from '../../definitions/model/duration.ts';
import { evaluate, ExpressionError, type Bindings } from '../../definitions/expressions/expression.ts';
import { isFairnessKey } from '../../definitions/model/fairness-key.ts';
import type { RetryPolicy, TaskOptions } from '../../definitions/model/types.ts';

/** What holds where neither the task nor the definition's `defaults` say; documented in `definitions/model/types.ts`. */
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
    startToCloseTimeout: durationMs(task.timeout ?? defaults.timeout ?? TIMEOUT),
    heartbeatTimeout: durationMs(task.heartbeat ?? defaults.heartbeat ?? HEARTBEAT),
    ...(scheduleToStart === undefined ? {} : { scheduleToStartTimeout: durationMs(scheduleToStart) }),
    ...(scheduleToClose === undefined ? {} : { scheduleToCloseTimeout: durationMs(scheduleToClose) }),
    retry: retryOptions({ ...RETRY, ...defaults.retry, ...task.retry }),
    // What is handed out with a workflow task passes by everything that waits in line, whatever its priority.
    allowEagerDispatch: false,
    // Ending only when its activities have ended keeps a cancelled run from writing on after it is over.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  };
}

/**
 * The priority of a task's activity or child workflow; undefined = that of the run.
 *
 * @param bindings what the expressions of the fairness key see.
 * @throws ExpressionError when the fairness key is no text of 1 to 64 bytes.
 */
export function priorityOptions(
  task: TaskOptions,
  defaults: TaskOptions,
  bindings: Bindings,
): Priority | undefined {
  const priorityKey = task.priority ?? defaults.priority;
  const fairnessKey = task.fairnessKey ?? defaults.fairnessKey;
  const fairnessWeight = task.fairnessWeight ?? defaults.fairnessWeight;
  if (priorityKey === undefined && fairnessKey === undefined && fairnessWeight === undefined)
    return undefined;
  return {
    ...(priorityKey === undefined ? {} : { priorityKey }),
    ...(fairnessKey === undefined ? {} : { fairnessKey: evaluateFairnessKey(fairnessKey, bindings) }),
    ...(fairnessWeight === undefined ? {} : { fairnessWeight }),
  };
}

function evaluateFairnessKey(key: string, bindings: Bindings): string {
  const value = evaluate(key, bindings);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (isFairnessKey(text)) return text;
  const reason = `a fairness key is a text of 1 to 64 bytes, not ${JSON.stringify(text.slice(0, 80))}`;
  throw new ExpressionError('EXPRESSION_FAILED', key, reason);
}

function retryOptions(retry: RetryPolicy & typeof RETRY): NonNullable<ActivityOptions['retry']> {
  const { maximumAttempts, backoffCoefficient, nonRetryableErrorTypes } = retry;
  // Temporal refuses 0, and a maximum below the first wait; its refusal would hang the run, not fail it.
  const initialInterval = Math.max(1, durationMs(retry.initialInterval));
  const maximumInterval = Math.max(initialInterval, durationMs(retry.maximumInterval));
  return {
    // Temporal's name for "without limit" is Infinity, not the 0 of its servers.
    maximumAttempts: maximumAttempts === 0 ? Infinity : maximumAttempts,
    initialInterval,
    maximumInterval,
    backoffCoefficient,
    ...(nonRetryableErrorTypes === undefined ? {} : { nonRetryableErrorTypes: [...nonRetryableErrorTypes] }),
  };
}
