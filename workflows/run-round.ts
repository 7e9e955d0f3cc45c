/** Runs the tasks of a run, and its `finally`; in one execution, or handing over to the next. */
import { ApplicationFailure, CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { Definition, Value } from '../definitions/types.ts';
import { attempt } from './attempt.ts';
import { Scope, type RunBinding } from './bindings.ts';
import { createHandover, runOrHandOver } from './continue-run.ts';
import type { Handover } from './handover.ts';
import { EXPRESSION_ERROR } from './messages.ts';
import type { Outcomes } from './outcomes.ts';
import { evaluateOutputs } from './outputs.ts';
import { createChildRunner } from './run-child.ts';
import type { RunMemory } from './run-memory.ts';
import type { StatusOfRun } from './run-status.ts';
import { createActivityScheduler, MAX_PENDING_ACTIVITIES } from './schedule-activity.ts';
import type { Settlement } from './settlement.ts';
import { createSlicing } from './start-slice.ts';
import { startTimer } from './start-timer.ts';
import { groupVerdict } from './group-verdict.ts';
import { TaskRunner, type Surroundings } from './task-runner.ts';
import { runFailure } from './verdict.ts';

type Values = { readonly [name: string]: Value };

/**
 * The run's outputs.
 *
 * @param remember what the next execution must know, as things are when it is called.
 * @param changed called whenever there is something new to show.
 * @throws as `runDefinition`.
 */
export async function runRound(
  runId: string,
  remember: () => RunMemory,
  outcomes: Outcomes,
  status: StatusOfRun,
  changed: () => void,
): Promise<Values> {
  const { pinned, options } = remember();
  const { definition, params, settingsDigest, digest, seed, maxHistoryEvents } = pinned;
  // A child's calls are charged to the run at the top.
  const shared = options.budget === undefined ? {} : { budget: { run: runId, ...options.budget } };
  const run = { runId, definition: definition.name, settingsDigest, digest, seed, ...shared };
  const binding: RunBinding = { id: runId, definition: definition.name, round: 0 };
  const scope = Scope.ofRun(binding, params);
  const plan = { defaults: definition.defaults ?? {}, activities: pinned.activities };
  const cancellation = CancellationScope.current();
  const surroundings = (handover: Handover, isCancelled: () => boolean): Surroundings => ({
    runActivity: createActivityScheduler(run, status.control, handover),
    runWorkflow: createChildRunner(runId, { ...options, ...shared }, handover),
    isCancelled,
    now: () => Date.now(),
    control: status.control,
    slicing: createSlicing(
      { run, options, plan, maxPending: MAX_PENDING_ACTIVITIES },
      status.control,
      handover,
    ),
    startTimer,
    changed,
  });
  const handover = createHandover(maxHistoryEvents);
  // The scope's promise only ever rejects, when the run is cancelled: nothing waits for an operator any more.
  cancellation.cancelRequested.catch(() => {
    status.control.cancel();
    handover.callOff();
  });
  const first = new TaskRunner(
    plan,
    surroundings(handover, () => cancellation.consideredCancelled),
    status.failures,
    outcomes,
  );
  const running = first.runTasks(definition.tasks, '', scope, status.nodes);
  const settlements = await runOrHandOver(running, handover, remember);
  const ending = endingOf(definition, settlements, scope, status);
  if (definition.finally !== undefined) {
    const { finally: tasks } = definition;
    const lastHandover = createHandover(maxHistoryEvents);
    const last = new TaskRunner(
      plan,
      surroundings(lastHandover, () => false),
      status.failures,
      outcomes,
    );
    const lastScope = scope.ofFinally({ ...binding, outcome: ending.outcome });
    const lastSettlements = await CancellationScope.nonCancellable(() =>
      runOrHandOver(last.runTasks(tasks, '', lastScope, status.lastNodes), lastHandover, remember),
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
