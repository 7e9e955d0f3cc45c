/** Runs the tasks of one round of a run, and in the end its `finally`; in one execution, or handing over to the next. */
import { ApplicationFailure, CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { Definition, Repeat, Value } from '../../definitions/model/types.ts';
import { assertFits } from '../../definitions/model/value-size.ts';
import { attempt } from '../state/attempt.ts';
import { Scope, type RunBinding } from '../state/bindings.ts';
import { continueRun, createHandover, runOrHandOver } from './continue-run.ts';
import type { Handover } from '../temporal/handover.ts';
import { roundId } from '../../definitions/model/instance-path.ts';
import { EXPRESSION_ERROR } from '../messages.ts';
import type { Outcomes } from '../state/outcomes.ts';
import { evaluateOutputs } from '../tasks/outputs.ts';
import { createChildRunner } from '../temporal/run-child.ts';
import type { RunMemory } from './run-memory.ts';
import type { StatusOfRun } from '../control/run-status.ts';
import { Pace } from '../temporal/pace.ts';
import { decideNext, exhausted } from '../tasks/rounds.ts';
import { createActivityScheduler, MAX_PENDING_ACTIVITIES } from '../temporal/schedule-activity.ts';
import type { Settlement } from '../state/settlement.ts';
import { createSlicing } from '../temporal/start-slice.ts';
import { mayWithhold } from '../temporal/may-withhold.ts';
import { Timers } from '../temporal/timers.ts';
import { groupSettlement } from '../tasks/group-settlement.ts';
import type { Surroundings } from '../tasks/surroundings.ts';
import { TaskRunner } from '../tasks/task-runner.ts';
import { runFailure } from './run-failure.ts';

type Values = { readonly [name: string]: Value };

/**
 * The run's outputs; never returns if another round follows, which an execution of its own runs.
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
  const { pinned, options, round, last } = remember();
  const { definition, params, settingsDigest, digest, seed, maxHistoryEvents, plans, project } = pinned;
  const { name, repeat } = definition;
  // A child's calls are charged to the run at the top.
  const shared = options.budget === undefined ? {} : { budget: { run: runId, ...options.budget } };
  const whose = project === undefined ? {} : { project };
  const inside = { ...options, ...shared, ...(plans && { plans }), ...whose };
  const run = {
    runId,
    definition: name,
    settingsDigest,
    digest,
    seed,
    ...(round === 0 ? {} : { round }),
    ...shared,
    ...whose,
  };
  const before = repeat === undefined ? {} : { last };
  const binding: RunBinding = { id: runId, definition: name, round, ...before };
  const schemas = pinned.numbers === undefined ? undefined : (definition.params ?? {});
  const scope = Scope.ofRun(binding, params, schemas);
  status.scope = scope;
  const { activities, contract = 1 } = pinned;
  const plan = { contract, defaults: definition.defaults ?? {}, activities };
  const cancellation = CancellationScope.current();
  const pace = new Pace();
  const timers = new Timers();
  const surroundings = (handover: Handover, isCancelled: () => boolean): Surroundings => ({
    runActivity: createActivityScheduler(run, status.control, handover, pace),
    runWorkflow: createChildRunner(roundId(runId, round), inside, handover, pace),
    isCancelled,
    mayWithhold,
    now: () => Date.now(),
    control: status.control,
    slicing: createSlicing(
      { run, options: inside, plan, maxPending: MAX_PENDING_ACTIVITIES },
      status.control,
      handover,
      pace,
    ),
    rest: () => pace.rest(),
    startTimer: (ms, path) => timers.start(ms, path),
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
  let settlement: RunSettlement | { readonly outcome: 'again' } = settlementOf(
    definition,
    settlements,
    scope,
    status,
  );
  if (settlement.outcome === 'succeeded' && repeat !== undefined) {
    const { outputs } = settlement;
    settlement = settlementOfRound(name, repeat, round, outputs, scope);
    if (settlement.outcome === 'again') {
      const next = (): RunMemory => ({ ...remember(), ...nothingDone, round: round + 1, last: outputs });
      await CancellationScope.nonCancellable(() =>
        continueRun(next, () => !cancellation.consideredCancelled),
      );
      settlement = cancelledRun();
    }
  }
  if (definition.finally !== undefined) {
    const { finally: tasks } = definition;
    const lastHandover = createHandover(maxHistoryEvents);
    // Only an execution that was asked to end as cancelled can: the next one would end as failed.
    if (settlement.outcome === 'cancelled') lastHandover.callOff();
    const lastRunner = new TaskRunner(
      plan,
      surroundings(lastHandover, () => false),
      status.failures,
      outcomes,
    );
    const failures = status.failures.view().filter(({ tolerated }) => tolerated !== true);
    const lastScope = scope.ofFinally({
      ...binding,
      outcome: settlement.outcome,
      failures: failures.map((one) => ({ ...one })),
    });
    status.scope = lastScope;
    const lastSettlements = await CancellationScope.nonCancellable(() =>
      runOrHandOver(lastRunner.runTasks(tasks, '', lastScope, status.lastNodes), lastHandover, remember),
    );
    if (settlement.outcome === 'succeeded' && groupSettlement(lastSettlements) !== undefined)
      throw runFailure(lastSettlements, status.failures.view());
  }
  if (settlement.outcome === 'succeeded') return settlement.outputs;
  throw settlement.error;
}

/** With what each round begins. */
const nothingDone = { outcomes: { settled: {}, open: {} } };

type RunSettlement =
  | { readonly outcome: 'succeeded'; readonly outputs: Values }
  | { readonly outcome: 'failed' | 'cancelled'; readonly error: Error };

/** What the tasks of a run have come to, before its `finally`. */
function settlementOf(
  { name, outputs = {} }: Definition,
  settlements: ReadonlyMap<string, Settlement>,
  scope: Scope,
  status: StatusOfRun,
): RunSettlement {
  const bad = groupSettlement(settlements);
  if (bad?.outcome === 'cancelled') return cancelledRun();
  if (bad !== undefined) return { outcome: 'failed', error: runFailure(settlements, status.failures.view()) };
  const subject = `The outputs of '${name}'`;
  const evaluated = attempt(() => {
    const values = evaluateOutputs(outputs, scope, settlements);
    assertFits(subject, JSON.stringify(values));
    return values;
  });
  if (evaluated.ok) return { outcome: 'succeeded', outputs: evaluated.value };
  return failedRun(subject, evaluated.failure);
}

/** What follows a round whose tasks have succeeded. */
function settlementOfRound(
  name: string,
  repeat: Repeat,
  round: number,
  outputs: Values,
  scope: Scope,
): RunSettlement | { readonly outcome: 'again' } {
  const bindings = scope.withItem('outputs', outputs).bindings();
  const next = attempt(() => decideNext(repeat, round, bindings));
  if (!next.ok) return failedRun(`repeat.until of '${name}'`, next.failure);
  if (next.value === 'again') return { outcome: 'again' };
  return next.value === 'end'
    ? { outcome: 'succeeded', outputs }
    : failedRun(name, exhausted(repeat, `The definition '${name}'`));
}

function cancelledRun(): RunSettlement {
  return { outcome: 'cancelled', error: new CancelledFailure('The run was cancelled.') };
}

/** @param subject what has failed of the run itself. */
function failedRun(subject: string, { failure }: Settlement): RunSettlement {
  const message = `${subject}: ${failure?.message ?? ''}`;
  const error = ApplicationFailure.create({
    type: failure?.type ?? EXPRESSION_ERROR,
    message,
    nonRetryable: true,
  });
  return { outcome: 'failed', error };
}
