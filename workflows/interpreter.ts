/**
 * Runs any definition as a Temporal workflow: pins the run, runs its tasks, gives its outputs or its failure.
 *
 * Its boundary: it decides what runs and when. It never reads a file, calls a model or touches data; activities
 * do, and hand back references. What it asks of the outside is `Surroundings` (task-runner.ts), so that what decides
 * runs without Temporal in unit tests.
 *
 * A run may take several executions (Temporal's continue-as-new): what has ended is remembered in `Outcomes`
 * (outcomes.ts), and the next execution runs the same code over it, in which all that settles at once.
 *
 * Invariants (tests cite their numbers):
 * 1. It is a pure function of its history: no clock, randomness or I/O but Temporal's.
 * 2. A run pins its definition, configs and texts at its start (`pinRun`): editing a file never changes a run in
 *    flight. The pinned plan is in the history, its digest in the run's memo and status; executions hand it on, and the
 *    runs inside it take theirs from what it has pinned.
 * 3. A task's outcome is exactly one of succeeded, failed, skipped, blocked, cancelled, and is decided once: no
 *    execution runs again what an earlier one has seen the end of.
 * 4. No task starts before its needs allow it; every task that may start is started at once, subject to
 *    `concurrency`.
 * 5. Payloads carry references, counts and digests, never rows; one activity handles a shard, never one prompt.
 * 6. At most 200 activities and 300 children of a workflow are pending, and no history passes 10,000 events, whatever
 *    the DAG's size: from 6,000 on an execution begins nothing more, lets end what is in flight, and hands over to the
 *    next (handover.ts); a `forEach` of more than 1,000 activities is run in slices, each with a history of its own
 *    (slices.ts). What is handed over lies in the store when it is too large for a payload (run-memory.ts).
 * 7. An activity's effect is committed atomically and keyed by digest (kept by the activities): doing it twice
 *    leaves what doing it once leaves, so the interpreter may retry whatever it likes.
 * 8. Names written into histories are durable (messages.ts, instance-path.ts, activities/activity.ts); a change in
 *    behaviour is patched, and recorded histories replay in the tests.
 */
import type { RawValue } from '@temporalio/common';
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  isCancellation,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { Value } from '../definitions/model/types.ts';
import { answerQueries } from './executions/answer-queries.ts';
import { untilQuiet } from './executions/continue-run.ts';
import { briefOutputs } from './control/brief-outputs.ts';
import { inline } from './temporal/inline.ts';
import { internalActivities, orFail } from './temporal/internal-activity.ts';
import { INTERPRETER_CONTRACT, PIN_RUN_ACTIVITY } from './messages.ts';
import type { RunOptions, RunState } from './messages.ts';
import { Outcomes } from './state/outcomes.ts';
import { ownedBy } from './temporal/owned-by.ts';
import { readMemory, type RunMemory, type SavedMemory } from './executions/run-memory.ts';
import { resumeChildRun, resumeRun } from './executions/resume-run.ts';
import { runRound } from './executions/run-round.ts';
import { StatusOfRun } from './control/run-status.ts';
import { createSummary } from './control/show-summary.ts';
import { handleUpdates } from './control/updates.ts';

type Values = { readonly [name: string]: Value };

/**
 * The workflow of every definition; the workflow type is the definition's name.
 *
 * @param params checked against the definition's `params`, and completed with their defaults.
 * @param saved what the execution before this one has handed over; nobody else gives it.
 * @returns the run's outputs.
 * @throws ApplicationFailure, non-retryable: `RUN_FAILED` when a task failed, `BUDGET_REACHED` when one did because the
 * budget is spent, the type of `pinRun`'s failure (`INVALID_PARAMS`, …) when the run could not be pinned, `EXPRESSION_ERROR` when its outputs cannot be evaluated.
 * @throws CancelledFailure when the run was cancelled before its tasks had ended.
 */
export async function runDefinition(
  params?: Values | null,
  options?: RunOptions | null,
  saved?: SavedMemory | null,
): Promise<Values | RawValue<Values>> {
  const { workflowId, workflowType, startTime, parent } = workflowInfo();
  const status = new StatusOfRun(workflowId, workflowType, startTime.getTime(), params ?? {});
  let remember: (() => RunMemory) | undefined;
  answerQueries(status, () => remember?.());
  const show = createSummary(status);
  const takeUpdates = (): void => handleUpdates(status.control, show);
  const isThereAtOnce = saved != null && 'memory' in saved;
  if (!isThereAtOnce) takeUpdates();
  const end = (state: RunState): void => {
    status.end(state, Date.now());
    upsertMemo({ state, ...(status.outputs !== null && { outputs: briefOutputs(status.outputs) }) });
    show();
  };
  try {
    const memory =
      saved != null
        ? await readMemory(saved)
        : ((await resume(params ?? {}, options ?? {}, parent !== undefined)) ??
          (await begin(params ?? {}, options ?? {}, startTime.getTime(), parent !== undefined)));
    const outcomes = new Outcomes(memory.outcomes);
    const { pinned, options: kept, startedAt, isPaused, round } = memory;
    status.begin({ ...pinned, budget: kept.budget, startedAt, isPaused, round });
    // An update may come with the first event already: what was held until now must be held again when it is taken.
    if (isThereAtOnce) void untilQuiet().then(takeUpdates);
    remember = () => ({ ...memory, isPaused: status.control.isPaused, outcomes: outcomes.record() });
    const { digest, project, runId = workflowId } = pinned;
    upsertMemo({
      definition: workflowType,
      digest,
      ...ownedBy(project),
      state: 'running' satisfies RunState,
    });
    const outputs = await runRound(runId, remember, outcomes, status, show);
    await condition(allHandlersFinished);
    status.outputs = outputs;
    end('succeeded');
    // What a run inside another has come to is for that one alone.
    return parent === undefined ? inline(outputs) : outputs;
  } catch (error) {
    if (isCancellation(error)) end('cancelled');
    else if (error instanceof ApplicationFailure) end('failed');
    throw error;
  }
}

/**
 * What an earlier execution has left to go on with, if that is asked for. A budget that is given anew stands in place of
 * the run's.
 */
async function resume(
  params: Values,
  { resume: isAsked, task, budget, project }: RunOptions,
  isChild: boolean,
): Promise<RunMemory | undefined> {
  if (isAsked !== true) return undefined;
  const memory = isChild ? await resumeChildRun(params, project) : await resumeRun(task, project);
  return memory && budget ? { ...memory, options: { ...memory.options, budget } } : memory;
}

/** Pins a new run, by its first activity; the failure of that becomes the run's. */
async function begin(
  params: Values,
  given: RunOptions,
  startedAt: number,
  isChild: boolean,
): Promise<RunMemory> {
  const { resume: _, ...options } = given;
  const { workflowId, workflowType } = workflowInfo();
  const { pinRun } = internalActivities({
    activityId: PIN_RUN_ACTIVITY,
    summary: 'Check and pin the definition, configs and texts',
  });
  const pinned = await orFail(() =>
    pinRun({
      definition: workflowType,
      params,
      options,
      runId: workflowId,
      ...(isChild && { isPart: true }),
      contract: INTERPRETER_CONTRACT,
    }),
  );
  return {
    pinned,
    options,
    startedAt,
    isPaused: false,
    round: 0,
    last: null,
    outcomes: { settled: {}, open: {} },
  };
}
