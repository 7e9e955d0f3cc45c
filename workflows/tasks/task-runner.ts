/**
 * Runs one task of a definition: its condition, its items, its rounds, and its work by kind.
 *
 * The SDK looks at every promise of a workflow as it is made, which costs more than all else here: what most instances
 * pass through makes few, and is no async function where it need not be.
 */
import { evaluateCondition } from '../../definitions/expressions/expression.ts';
import type { Catch, GroupTask, Task, Tasks, Value } from '../../definitions/model/types.ts';
import { attempt } from '../state/attempt.ts';
import type { Scope } from '../state/bindings.ts';
import {
  DEFAULT_CONCURRENCY,
  DEFAULT_ITEM_NAME,
  itemsOf,
  runForEach,
  settleForEach,
  tallyOf,
  type Span,
  type Tally,
} from '../items/for-each.ts';
import { catches, causeOf, settleCaught, withError } from './catch.ts';
import { runGraph } from './graph-runner.ts';
import { groupSettlement, valueOfGroup } from './group-settlement.ts';
import { runHeld } from './hold.ts';
import type { Instance } from '../state/instance.ts';
import { itemPath, taskPath } from '../../definitions/model/instance-path.ts';
import { isFail, isGroup, isWait, isWorkflow } from '../../definitions/model/task-kind.ts';
import { Recorder } from '../state/recorder.ts';
import { Outcomes, settlementOf } from '../state/outcomes.ts';
import { evaluateOutputs } from './outputs.ts';
import { runRounds } from './rounds.ts';
import { cancelled, succeeded, type Settlement, type TaskError } from '../state/settlement.ts';
import { nodeOf, type FailureList, type StatusNode } from '../state/status-tree.ts';
import { runSliced } from '../items/sliced-items.ts';
import { activitiesPerItem, isTooLarge, planSlices } from '../items/slices.ts';
import type { Plan, Surroundings } from './surroundings.ts';
import { runActivityTask, runFailTask, runWaitTask, runWorkflowTask } from './task-kinds.ts';

export class TaskRunner {
  readonly #plan: Plan;
  readonly #surroundings: Surroundings;
  readonly #recorder: Recorder;

  /**
   * @param outcomes where all that begins and ends is written. What has ended in it is not run again: it settles at
   * once, as it did, without any command; what has begun to wait waits on.
   */
  constructor(
    plan: Plan,
    surroundings: Surroundings,
    failures: FailureList,
    outcomes: Outcomes = new Outcomes(),
  ) {
    this.#plan = plan;
    this.#surroundings = surroundings;
    this.#recorder = new Recorder(outcomes, failures, surroundings.now);
  }

  /**
   * Runs the tasks of a group instance or of its `catch`, and assigns their values to `scope` as they settle.
   *
   * @param path of the group instance; `''` for the run itself.
   * @param nodes of these tasks, among others.
   */
  runTasks(
    tasks: Tasks,
    path: string,
    scope: Scope,
    nodes: ReadonlyMap<string, StatusNode>,
  ): Promise<ReadonlyMap<string, Settlement>> {
    const { isCancelled, changed } = this.#surroundings;
    const notify = path === '' ? changed : undefined;
    const instanceOf = (name: string): Instance => ({
      path: taskPath(path, name),
      scope,
      node: nodeOf(nodes, name),
    });
    for (const name of Object.keys(tasks)) nodeOf(nodes, name).expect(1);
    return runGraph(tasks, {
      isCancelled,
      start: (name, task) => {
        const instance = instanceOf(name);
        const running =
          task.onFailure === 'continue' ? this.#runTolerated(task, instance) : this.#runTask(task, instance);
        notify?.();
        return running;
      },
      pass: (name, settlement) => this.#recorder.pass(instanceOf(name), settlement),
      settled: (name, { value, withheldChars, failure, caught }) => {
        const error = failure ?? caught;
        if (error !== undefined) scope.assignError(name, error);
        if (value !== undefined) scope.assign(name, value);
        else if (withheldChars !== undefined) scope.withhold(name, withheldChars);
        notify?.();
      },
    });
  }

  /** A task with `onFailure: continue`: its failure fails nothing around it. */
  async #runTolerated(task: Task, instance: Instance): Promise<Settlement> {
    const settlement = await this.#runTask(task, instance);
    if (settlement.outcome !== 'failed') return settlement;
    instance.node.tolerate();
    this.#recorder.failures.tolerate(instance.path);
    return { ...settlement, tolerated: true };
  }

  /** A task whose join rule is met: its condition, then its items or its one instance. */
  #runTask(task: Task, instance: Instance): Promise<Settlement> {
    const rested = this.#surroundings.rest?.();
    return rested === undefined
      ? this.#startTask(task, instance)
      : rested.then(() => this.#startTask(task, instance));
  }

  #startTask(task: Task, instance: Instance): Promise<Settlement> {
    const settled = this.#recorder.keep(instance) ?? this.#decideCondition(task, instance);
    if (settled !== undefined) return Promise.resolve(settled);
    return task.forEach === undefined
      ? this.#runInstance(task, instance)
      : this.#runItems(task, task.forEach, instance);
  }

  /** Undefined if the task is to run. */
  #decideCondition({ when }: Task, instance: Instance): Settlement | undefined {
    if (when === undefined) return undefined;
    const condition = attempt(() => evaluateCondition(when, instance.scope.bindings()));
    if (!condition.ok) return this.#recorder.endEarly(instance, condition.failure);
    if (condition.value) return undefined;
    return this.#recorder.endEarly(instance, { outcome: 'skipped', reason: `when is false: ${when}` });
  }

  /** The instances of a `forEach` task. */
  async #runItems(
    task: Task,
    forEach: NonNullable<Task['forEach']>,
    instance: Instance,
  ): Promise<Settlement> {
    const { path, scope, node } = instance;
    const ended = (settlement: Settlement): Settlement => {
      this.#recorder.endItems(path, settlement);
      return settlement;
    };
    const found = itemsOf(forEach, scope, node.path);
    if (!found.ok) return ended(this.#recorder.endEarly(instance, found.failure));
    const { list: items, concurrency, maxFailures } = found.value;
    if (items.length === 0) {
      node.start(this.#surroundings.now());
      node.settle('running', 'succeeded', this.#surroundings.now());
      return ended(succeeded([]));
    }
    node.expect(items.length - 1);
    const tally = await this.runItemsOf(task, instance, { from: 0, items }, { concurrency });
    const settlement = settleForEach(tally, maxFailures, this.#plan.contract);
    if (settlement.outcome === 'succeeded' && tally.failed > 0) {
      node.forgive(tally.failed);
      this.#recorder.failures.tolerate(path);
    }
    return ended(settlement);
  }

  /**
   * Runs some of the items of a `forEach` task, all of them pending in its status node: here, or in slices where they
   * are too many for this history.
   *
   * @param options.concurrency items in flight.
   * @param options.room as of `isTooLarge`.
   * @param options.shouldStop as of `runForEach`; has no say in slices.
   */
  async runItemsOf(
    task: Task,
    instance: Instance,
    span: Span,
    options: {
      readonly concurrency?: number | undefined;
      readonly room?: number | undefined;
      readonly shouldStop?: (ended: Settlement) => boolean;
    },
  ): Promise<Tally> {
    const { concurrency = DEFAULT_CONCURRENCY, room, shouldStop } = options;
    const { path, scope, node } = instance;
    const { slicing } = this.#surroundings;
    const perItem = activitiesPerItem(task);
    const limits = slicing && isTooLarge(span, perItem, slicing.limits, room) ? slicing.allowed() : undefined;
    if (slicing !== undefined && limits !== undefined) {
      const { failures, outcomes } = this.#recorder;
      const { defaults } = this.#plan;
      const plan = planSlices(span, perItem, concurrency, limits);
      return runSliced(task, instance, plan, {
        ...this.#surroundings,
        slicing,
        failures,
        outcomes,
        defaults,
      });
    }
    const { as = DEFAULT_ITEM_NAME, index: nameOfIndex } = task.forEach ?? {};
    const scopeOf = (item: Value, index: number): Scope => {
      const withItem = scope.withItem(as, item);
      return nameOfIndex === undefined ? withItem : withItem.withItem(nameOfIndex, index);
    };
    const settlements = await runForEach(
      span,
      concurrency,
      (item, index) =>
        this.#runInstance(task, { path: itemPath(path, index), scope: scopeOf(item, index), node }),
      shouldStop,
    );
    return tallyOf(settlements, span.from);
  }

  /** One instance, from pending to its end. */
  #runInstance(task: Task, instance: Instance): Promise<Settlement> {
    const rested = this.#surroundings.rest?.();
    return rested === undefined
      ? this.#startInstance(task, instance)
      : rested.then(() => this.#startInstance(task, instance));
  }

  #startInstance(task: Task, instance: Instance): Promise<Settlement> {
    const kept = this.#recorder.keep(instance);
    if (kept !== undefined) return Promise.resolve(kept);
    const { control, isCancelled } = this.#surroundings;
    // What has begun in an earlier execution goes on; its parts wait by themselves.
    if (this.#recorder.begins(instance.path)) {
      // Waiting only where there is something to wait for keeps the order of commands that histories have.
      if (control.isPaused) return this.#runOnceResumed(task, instance);
      if (isCancelled()) return Promise.resolve(this.#recorder.endEarly(instance, cancelled));
    }
    const startedAt = this.#recorder.begin(instance);
    return this.#doAll(task, instance).then((settlement) => this.#end(task, instance, settlement, startedAt));
  }

  async #runOnceResumed(task: Task, instance: Instance): Promise<Settlement> {
    await this.#surroundings.control.untilResumed();
    if (this.#surroundings.isCancelled()) return this.#recorder.endEarly(instance, cancelled);
    const startedAt = this.#recorder.begin(instance);
    return this.#end(task, instance, await this.#doAll(task, instance), startedAt);
  }

  /** The work of an instance, in rounds if it repeats. */
  #doAll(task: Task, instance: Instance): Promise<Settlement> {
    const { path, scope, node } = instance;
    if (task.repeat === undefined) return this.#work(task, instance);
    return runRounds(
      task.repeat,
      path,
      scope,
      (ofRound, inner) => this.#runRound(task, { path: ofRound, scope: inner, node }),
      (failure) => this.#recorder.record(path, failure),
    );
  }

  #end(task: Task, instance: Instance, settlement: Settlement, startedAt: number): Settlement {
    const told = task.repeat === undefined ? this.#tell(task, instance, settlement) : settlement;
    this.#recorder.end(instance, task, told, startedAt);
    return told;
  }

  /** One round of an instance; the instance as a whole is counted by `#runInstance`. */
  async #runRound(task: Task, instance: Instance): Promise<Settlement> {
    const { path } = instance;
    const { control, isCancelled, now } = this.#surroundings;
    const { outcomes } = this.#recorder;
    const kept = outcomes.whole(path);
    if (kept !== undefined) return this.#recorder.record(path, settlementOf(kept));
    if (this.#recorder.before(path) === undefined) {
      if (control.isPaused) await control.untilResumed();
      if (isCancelled()) return cancelled;
      outcomes.open(path, { startedAt: now() });
    }
    const settlement = this.#tell(task, instance, await this.#work(task, instance));
    this.#recorder.endRound(path, task, settlement);
    return settlement;
  }

  /** Until it succeeds, fails for good, or what it failed with is handled. */
  #work(task: Task, instance: Instance): Promise<Settlement> {
    return task.catch === undefined
      ? this.#attempt(task, instance)
      : this.#runCaught(task, task.catch, instance);
  }

  /** A task with `catch`: once its tasks have begun, the error stands, and they alone go on. */
  async #runCaught(task: Task, handler: Catch, instance: Instance): Promise<Settlement> {
    const { path, scope, node } = instance;
    const inner = isGroup(task) ? scope.ofGroup(Object.keys(task.tasks)) : scope;
    let error = this.#recorder.before(path)?.caught;
    const isAgain = error !== undefined;
    // A group is looked into again: its tasks end as they had, and are seen by those of the `catch`.
    if (error === undefined || isGroup(task)) {
      const settlement = isGroup(task)
        ? await this.#runGroup(task, instance, inner)
        : await this.#attempt(task, instance);
      const { failure, cause } = settlement;
      if (failure === undefined || (!isAgain && this.#surroundings.isCancelled())) return settlement;
      error ??= cause ?? { ...failure, task: path };
      const isCaught = isAgain ? undefined : catches(handler, error, inner);
      if (isCaught?.ok === false)
        return isToldOf(task) ? this.#recorder.record(path, isCaught.failure) : isCaught.failure;
      if (isCaught?.value === false) return settlement;
    }
    this.#beginCatch(task, path, error, isAgain);
    const seen = withError(inner.ofGroup(Object.keys(handler.tasks)), error);
    const settlement = settleCaught(error, await this.#runLevel(handler, path, seen, node));
    if (settlement.outcome === 'succeeded') this.#recorder.failures.tolerate(path);
    return settlement;
  }

  #beginCatch(task: Task, path: string, error: TaskError, isAgain: boolean): void {
    const { outcomes } = this.#recorder;
    // A group, and what was held, have been told of; what an earlier execution has told of is told here again.
    const { type, message } = error;
    if (!isGroup(task) && (isAgain || !isToldOf(task)))
      this.#recorder.record(path, { outcome: 'failed', failure: { type, message } });
    if (isAgain) return;
    const { startedAt = this.#surroundings.now() } = outcomes.opened(path) ?? {};
    outcomes.open(path, { startedAt, caught: error });
  }

  /** With `onFailure: hold` an operator decides whether it fails for good. */
  #attempt(task: Task, instance: Instance): Promise<Settlement> {
    if (task.onFailure !== 'hold') return this.#runByKind(task, instance);
    return runHeld(instance, this.#recorder, this.#surroundings, () => this.#runByKind(task, instance));
  }

  /** What a group comes to, what is held, and what was caught, has been told of already. */
  #tell(task: Task, { path, node }: Instance, settlement: Settlement): Settlement {
    if (settlement.cached === true) node.countCached();
    if (isGroup(task) || settlement.caught !== undefined) return settlement;
    const kept = this.#keepValue(settlement);
    return isToldOf(task) ? kept : this.#recorder.record(path, kept);
  }

  /** Without its value if the workflow has no room for it. */
  #keepValue(settlement: Settlement): Settlement {
    const { value, ...others } = settlement;
    if (value === undefined || this.#recorder.outcomes.hasRoomFor(value)) return settlement;
    if (!this.#surroundings.mayWithhold()) return settlement;
    return { ...others, withheldChars: JSON.stringify(value).length };
  }

  #runByKind(task: Task, instance: Instance): Promise<Settlement> {
    if (isGroup(task)) return this.#runGroup(task, instance);
    if (isFail(task)) return Promise.resolve(runFailTask(task, instance));
    if (isWait(task)) return runWaitTask(task, instance, this.#recorder.outcomes, this.#surroundings);
    return isWorkflow(task)
      ? runWorkflowTask(task, instance, this.#plan, this.#recorder.outcomes, this.#surroundings)
      : runActivityTask(task, instance, this.#plan, this.#surroundings);
  }

  #runGroup(
    task: GroupTask,
    { path, scope, node }: Instance,
    inner = scope.ofGroup(Object.keys(task.tasks)),
  ): Promise<Settlement> {
    return this.#runLevel(task, path, inner, node);
  }

  /** The tasks of a group, or of a `catch`, and what they are worth together. */
  async #runLevel(
    { tasks, outputs }: Pick<GroupTask, 'tasks' | 'outputs'>,
    path: string,
    inner: Scope,
    node: StatusNode,
  ): Promise<Settlement> {
    const settlements = await this.runTasks(tasks, path, inner, node.children);
    const bad = groupSettlement(settlements);
    if (bad !== undefined) {
      const cause = bad.outcome === 'failed' ? causeOf(tasks, settlements, path) : undefined;
      return cause === undefined ? bad : { ...bad, cause };
    }
    if (outputs === undefined) return valueOfGroup(Object.keys(tasks), settlements);
    const rested = this.#surroundings.rest?.();
    if (rested !== undefined) await rested;
    const value = attempt(() => evaluateOutputs(outputs, inner, settlements));
    return value.ok ? succeeded(value.value) : this.#recorder.record(path, value.failure);
  }
}

/** Whether its failures are listed where they happen, so that its end need not be: those of a group, and of what is held. */
function isToldOf(task: Task): boolean {
  return isGroup(task) || task.onFailure === 'hold';
}
