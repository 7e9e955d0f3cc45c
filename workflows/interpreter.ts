/**
 * Runs any definition as a Temporal workflow: pins the run, runs its tasks, gives its outputs or its failure.
 *
 * Its boundary: it decides what runs and when. It never reads a file, calls a model or touches data; activities
 * do, and hand back references. What it asks of the outside is `Surroundings` (task-runner.ts), so that everything
 * but this file, `updates.ts`, `start-timer.ts`, `run-child.ts` and `schedule-activity.ts` runs without Temporal in unit tests.
 *
 * Invariants (tests cite their numbers):
 * 1. It is a pure function of its history: no clock, randomness or I/O but Temporal's.
 * 2. A run pins its definition, configs and texts at its start (`pinRun`): editing a file never changes a run in
 *    flight. The pinned plan is in the history, its digest in the run's memo and status.
 * 3. A task's outcome is exactly one of succeeded, failed, skipped, blocked, cancelled, and is decided once.
 * 4. No task starts before its needs allow it; every task that may start is started at once, subject to
 *    `concurrency`.
 * 5. Payloads carry references, counts and digests, never rows; one activity handles a shard, never one prompt.
 * 6. At most 200 activities of a run are pending, whatever the DAG's size. Its history stays below 10,000 events
 *    for up to about 3,000 activities, at three events each.
 * 7. An activity's effect is committed atomically and keyed by digest (kept by the activities): doing it twice
 *    leaves what doing it once leaves, so the interpreter may retry whatever it likes.
 * 8. Names written into histories are durable (messages.ts, instance-path.ts, activities/activity.ts); a change in
 *    behaviour is patched, and recorded histories replay in the tests.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  defineQuery,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { PinnedRun, PinRunRequest } from '../activities/pin-run.ts';
import type { Definition, Value } from '../definitions/types.ts';
import { attempt } from './attempt.ts';
import { Scope, type RunBinding } from './bindings.ts';
import { EXPRESSION_ERROR, INTERPRETER_CONTRACT, PIN_RUN_ACTIVITY, STATUS_QUERY } from './messages.ts';
import type { RunOptions, RunState, RunStatus } from './messages.ts';
import { evaluateOutputs } from './outputs.ts';
import { StatusOfRun } from './run-status.ts';
import type { Settlement } from './settlement.ts';
import { createActivityScheduler } from './schedule-activity.ts';
import { handleUpdates } from './updates.ts';
import { createChildRunner } from './run-child.ts';
import { startTimer } from './start-timer.ts';
import { groupVerdict, TaskRunner } from './task-runner.ts';
import { runFailure, runSummary } from './verdict.ts';

type Values = { readonly [name: string]: Value };

/**
 * The workflow of every definition; the workflow type is the definition's name.
 *
 * @param params checked against the definition's `params`, and completed with their defaults.
 * @returns the run's outputs.
 * @throws ApplicationFailure, non-retryable: `RUN_FAILED` when a task failed, the type of `pinRun`'s failure
 * (`INVALID_PARAMS`, …) when the run could not be pinned, `EXPRESSION_ERROR` when its outputs cannot be evaluated.
 * @throws CancelledFailure when the run was cancelled before its tasks had ended.
 */
export async function runDefinition(params?: Values | null, options?: RunOptions | null): Promise<Values> {
  const { workflowId, workflowType, startTime } = workflowInfo();
  const status = new StatusOfRun(workflowId, workflowType, startTime.getTime(), params ?? {});
  setHandler(defineQuery<RunStatus>(STATUS_QUERY), () => status.view());
  const show = (): void => setCurrentDetails(runSummary(status.view()));
  handleUpdates(status.control, show);
  const end = (state: RunState): void => {
    status.end(state, Date.now());
    upsertMemo({ state });
    show();
  };
  try {
    const pinned = await pinRun({
      definition: workflowType,
      params: params ?? {},
      options: options ?? {},
      runId: workflowId,
      contract: INTERPRETER_CONTRACT,
    });
    status.pin(pinned);
    upsertMemo({ definition: workflowType, digest: pinned.digest, state: 'running' satisfies RunState });
    const outputs = await runPinned(workflowId, options ?? {}, pinned, status, show);
    await condition(allHandlersFinished);
    status.outputs = outputs;
    end('succeeded');
    return outputs;
  } catch (error) {
    if (isCancellation(error)) end('cancelled');
    else if (error instanceof ApplicationFailure) end('failed');
    throw error;
  }
}

/** The first activity of a run, on the run's own task queue. Its failure becomes the run's. */
async function pinRun(request: PinRunRequest): Promise<PinnedRun> {
  const activities = proxyActivities<{ [PIN_RUN_ACTIVITY](request: PinRunRequest): Promise<PinnedRun> }>({
    activityId: PIN_RUN_ACTIVITY,
    summary: 'Check and pin the definition, configs and texts',
    startToCloseTimeout: '1m',
    retry: { initialInterval: '1s', maximumAttempts: 5 },
  });
  try {
    return await activities[PIN_RUN_ACTIVITY](request);
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure)) throw error;
    const { type, message, details } = cause;
    throw ApplicationFailure.create({
      message,
      nonRetryable: true,
      type: type ?? 'Error',
      details: details ?? [],
    });
  }
}

async function runPinned(
  runId: string,
  options: RunOptions,
  pinned: PinnedRun,
  status: StatusOfRun,
  changed: () => void,
): Promise<Values> {
  const { definition, params, settingsDigest, digest, seed } = pinned;
  const run = { runId, definition: definition.name, settingsDigest, digest, seed };
  const binding: RunBinding = { id: runId, definition: definition.name, round: 0 };
  const scope = Scope.ofRun(binding, params);
  const plan = { defaults: definition.defaults ?? {}, activities: pinned.activities };
  const cancellation = CancellationScope.current();
  // The scope's promise only ever rejects, when the run is cancelled: nothing waits for an operator any more.
  cancellation.cancelRequested.catch(() => status.control.cancel());
  const surroundings = {
    runActivity: createActivityScheduler(run, status.control),
    runWorkflow: createChildRunner(runId, options),
    isCancelled: () => cancellation.consideredCancelled,
    now: () => Date.now(),
    control: status.control,
    startTimer,
    changed,
  };
  const runner = new TaskRunner(plan, surroundings, status.failures);
  const settlements = await runner.runTasks(definition.tasks, '', scope, status.nodes);
  const ending = endingOf(definition, settlements, scope, status);
  if (definition.finally !== undefined) {
    const { finally: tasks } = definition;
    const last = new TaskRunner(plan, { ...surroundings, isCancelled: () => false }, status.failures);
    const lastScope = scope.ofFinally({ ...binding, outcome: ending.outcome });
    const lastSettlements = await CancellationScope.nonCancellable(() =>
      last.runTasks(tasks, '', lastScope, status.lastNodes),
    );
    if (ending.outcome === 'succeeded' && groupVerdict(lastSettlements) !== undefined)
      throw runFailure(lastSettlements, status.failures.view());
  }
  if (ending.outcome === 'succeeded') return ending.outputs;
  throw ending.error;
}

type Ending =
  | { readonly outcome: 'succeeded'; readonly outputs: Values }
  | { readonly outcome: 'failed' | 'cancelled'; readonly error: Error };

/** What the tasks of a run have come to, before its `finally`. */
function endingOf(
  { name, outputs = {} }: Definition,
  settlements: ReadonlyMap<string, Settlement>,
  scope: Scope,
  status: StatusOfRun,
): Ending {
  const verdict = groupVerdict(settlements);
  if (verdict?.outcome === 'cancelled')
    return { outcome: 'cancelled', error: new CancelledFailure('The run was cancelled.') };
  if (verdict !== undefined)
    return { outcome: 'failed', error: runFailure(settlements, status.failures.view()) };
  const evaluated = attempt(() => evaluateOutputs(outputs, scope, settlements));
  if (evaluated.ok) return { outcome: 'succeeded', outputs: evaluated.value };
  const message = `The outputs of '${name}': ${evaluated.failure.failure?.message ?? ''}`;
  const error = ApplicationFailure.create({ type: EXPRESSION_ERROR, message, nonRetryable: true });
  return { outcome: 'failed', error };
}
