/** Runs one task of a definition: its condition, its items, and its work by kind. */
import { evaluate, evaluateCondition } from '../definitions/expression.ts';
import type { ActivityTask, GroupTask, Task, Tasks, WaitTask, WorkflowTask } from '../definitions/types.ts';
import { activityOptions, priorityOptions } from './activity-options.ts';
import { attempt } from './attempt.ts';
import type { Scope } from './bindings.ts';
import {
  DEFAULT_CONCURRENCY,
  DEFAULT_ITEM_NAME,
  listOf,
  runForEach,
  settleForEach,
  tallyOf,
  type Span,
  type Tally,
} from './for-each.ts';
import { runGraph } from './graph-runner.ts';
import { groupVerdict, valueOfGroup } from './group-verdict.ts';
import { itemPath, taskPath } from './instance-path.ts';
import { Outcomes, settlementOf } from './outcomes.ts';
import { evaluateOutputs } from './outputs.ts';
import { runRounds } from './rounds.ts';
import { cancelled, succeeded, type Failure, type Settlement } from './settlement.ts';
import { nodeOf, type FailureList, type StatusNode } from './status-tree.ts';
import { runSliced } from './sliced-items.ts';
import { activitiesPerItem, planSlices } from './slices.ts';
import type { Plan, Surroundings } from './surroundings.ts';
import { runWait } from './wait-runner.ts';

/** One instance of a task: where it is, and what it sees. */
export interface Instance {
  readonly path: string;
  readonly scope: Scope;
  readonly node: StatusNode;
}

export class TaskRunner {
  readonly #plan: Plan;
  readonly #surroundings: Surroundings;
  readonly #failures: FailureList;
  readonly #outcomes: Outcomes;

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
    this.#failures = failures;
    this.#outcomes = outcomes;
  }

  /**
   * Runs the tasks of a group instance, and assigns their values to `scope` as they settle.
   *
   * @param path of the group instance; `''` for the run itself.
   */
  runTasks(
    tasks: Tasks,
    path: string,
    scope: Scope,
    nodes: ReadonlyMap<string, StatusNode>,
  ): Promise<ReadonlyMap<string, Settlement>> {
    const { isCancelled, now, changed } = this.#surroundings;
    const notify = path === '' ? changed : undefined;
    for (const node of nodes.values()) node.expect(1);
    return runGraph(tasks, {
      isCancelled,
      start: (name, task) => {
        const instance = { path: taskPath(path, name), scope, node: nodeOf(nodes, name) };
        const running =
          task.onFailure === 'continue' ? this.#runTolerated(task, instance) : this.#runTask(task, instance);
        notify?.();
        return running;
      },
      pass: (name, settlement) => {
        const { outcome, reason, tolerated } = settlement;
        const node = nodeOf(nodes, name);
        const task = taskPath(path, name);
        const endedAt = this.#outcomes.settled(task)?.endedAt ?? now();
        node.settle('pending', outcome, endedAt, reason);
        this.#outcomes.settle(task, { ...settlement, endedAt });
        if (tolerated === true) node.tolerate();
        if (outcome !== 'blocked') return;
        this.#failures.add({
          task,
          state: outcome,
          type: 'BLOCKED',
          message: reason ?? '',
          ...(tolerated === true ? { tolerated } : {}),
        });
      },
      settled: (name, { value, withheldChars }) => {
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
    this.#failures.tolerate(instance.path);
    return { ...settlement, tolerated: true };
  }

  /** A task whose join rule is met: its condition, then its items or its one instance. */
  async #runTask(task: Task, instance: Instance): Promise<Settlement> {
    const kept = this.#keep(instance);
    if (kept !== undefined) return kept;
    const condition = attempt(
      () => task.when === undefined || evaluateCondition(task.when, instance.scope.bindings()),
    );
    if (!condition.ok) return this.#endEarly(instance, condition.failure);
    if (!condition.value)
      return this.#endEarly(instance, { outcome: 'skipped', reason: `when is false: ${task.when ?? ''}` });
    if (task.forEach === undefined) return this.#runInstance(task, instance);
    const settlement = await this.#runItems(task, task.forEach, instance);
    const endedAt = this.#outcomes.settled(instance.path)?.endedAt ?? this.#surroundings.now();
    this.#outcomes.settle(instance.path, { outcome: settlement.outcome, parts: true, endedAt });
    return settlement;
  }

  /** The instances of a `forEach` task. */
  async #runItems(
    task: Task,
    forEach: NonNullable<Task['forEach']>,
    instance: Instance,
  ): Promise<Settlement> {
    const { path, scope, node } = instance;
    const list = listOf(forEach, scope, node.path);
    if (!list.ok) return this.#endEarly(instance, list.failure);
    const items = list.value;
    if (items.length === 0) {
      node.start(this.#surroundings.now());
      node.settle('running', 'succeeded', this.#surroundings.now());
      return succeeded([]);
    }
    node.expect(items.length - 1);
    const tally = await this.runItemsOf(task, instance, { from: 0, items }, forEach.concurrency);
    const settlement = settleForEach(tally, forEach.maxFailures);
    if (settlement.outcome === 'succeeded' && tally.failed > 0) {
      node.forgive(tally.failed);
      this.#failures.tolerate(path);
    }
    return settlement;
  }

  /**
   * Runs some of the items of a `forEach` task, all of them pending in its status node: here, or in slices where they
   * are too many for this history.
   *
   * @param shouldStop as of `runForEach`; has no say in slices.
   */
  async runItemsOf(
    task: Task,
    instance: Instance,
    span: Span,
    concurrency = DEFAULT_CONCURRENCY,
    shouldStop?: (ended: Settlement) => boolean,
  ): Promise<Tally> {
    const { path, scope, node } = instance;
    const { slicing } = this.#surroundings;
    const plan = slicing && planSlices(span, activitiesPerItem(task), concurrency, slicing.limits);
    if (slicing !== undefined && plan !== undefined && slicing.isAllowed())
      return runSliced(task, instance, plan, {
        ...this.#surroundings,
        slicing,
        failures: this.#failures,
        outcomes: this.#outcomes,
        defaults: this.#plan.defaults,
      });
    const settlements = await runForEach(
      span,
      concurrency,
      (item, index) =>
        this.#runInstance(task, {
          path: itemPath(path, index),
          scope: scope.withItem(task.forEach?.as ?? DEFAULT_ITEM_NAME, item),
          node,
        }),
      shouldStop,
    );
    return tallyOf(settlements, span.from);
  }

  /** One instance, from pending to its end. */
  async #runInstance(task: Task, instance: Instance): Promise<Settlement> {
    const kept = this.#keep(instance);
    if (kept !== undefined) return kept;
    const { path, node } = instance;
    const { control, isCancelled, now } = this.#surroundings;
    const opened = this.#outcomes.opened(path);
    const before = this.#outcomes.settled(path) ?? opened;
    // What has begun in an earlier execution goes on; its parts wait by themselves.
    if (before === undefined || opened?.resumes !== undefined) {
      // Waiting only where there is something to wait for keeps the order of commands that histories have.
      if (control.isPaused) await control.untilResumed();
      if (isCancelled()) return this.#endEarly(instance, cancelled);
    }
    const startedAt = before?.startedAt ?? now();
    node.start(startedAt);
    if (before === undefined) this.#outcomes.open(path, { startedAt });
    const { repeat } = task;
    const settlement =
      repeat === undefined
        ? await this.#runAttempts(task, instance)
        : await runRounds(
            repeat,
            path,
            instance.scope,
            (ofRound, scope) => this.#runRound(task, { path: ofRound, scope, node }),
            (failure) => this.#record(path, failure),
          );
    const endedAt = this.#outcomes.settled(path)?.endedAt ?? now();
    node.settle('running', settlement.outcome, endedAt, settlement.failure?.message ?? settlement.reason);
    const times = { startedAt, endedAt };
    const { outcome } = settlement;
    this.#outcomes.settle(
      path,
      'tasks' in task || repeat !== undefined
        ? { outcome, parts: true, ...times }
        : { ...settlement, ...times },
    );
    return settlement;
  }

  /** One round of an instance; the instance as a whole is counted by `#runInstance`. */
  async #runRound(task: Task, instance: Instance): Promise<Settlement> {
    const { path } = instance;
    const { control, isCancelled, now } = this.#surroundings;
    const kept = this.#outcomes.whole(path);
    if (kept !== undefined) return this.#record(path, settlementOf(kept));
    const before = this.#outcomes.settled(path) ?? this.#outcomes.opened(path);
    if (before === undefined) {
      if (control.isPaused) await control.untilResumed();
      if (isCancelled()) return cancelled;
      this.#outcomes.open(path, { startedAt: now() });
    }
    const settlement = await this.#runAttempts(task, instance);
    const endedAt = this.#outcomes.settled(path)?.endedAt ?? now();
    const { outcome } = settlement;
    this.#outcomes.settle(
      path,
      'tasks' in task ? { outcome, parts: true, endedAt } : { ...settlement, endedAt },
    );
    return settlement;
  }

  /** Until it succeeds, or fails for good: with `onFailure: hold` an operator decides whether it does. */
  async #runAttempts(task: Task, instance: Instance): Promise<Settlement> {
    for (;;) {
      const held = this.#outcomes.opened(instance.path)?.held;
      const attempted =
        held === undefined
          ? await this.#runByKind(task, instance)
          : { outcome: 'failed' as const, failure: held.failure };
      const { failure } = attempted;
      const isHeld = task.onFailure === 'hold' && failure !== undefined && !this.#surroundings.isCancelled();
      const settlement = isHeld ? await this.#hold(instance, failure, held?.since) : attempted;
      if (settlement !== 'retry') return settlement;
    }
  }

  /** A failed instance with `onFailure: hold`: what the operator decides. */
  async #hold(
    { path, node }: Instance,
    failure: Failure,
    since = this.#surroundings.now(),
  ): Promise<Settlement | 'retry'> {
    const { control, changed } = this.#surroundings;
    const { startedAt = since } = this.#outcomes.opened(path) ?? {};
    node.suspend('held');
    this.#outcomes.open(path, { startedAt, held: { failure, since } });
    const decided = control.hold(path, failure, since);
    changed?.();
    const decision = await decided;
    this.#outcomes.open(path, { startedAt, ...(decision === 'retry' && { resumes: {} }) });
    if (decision === 'retry' && control.isPaused) await control.untilResumed();
    node.release('held');
    changed?.();
    if (decision === 'retry') return decision;
    if (decision === 'cancelled') return cancelled;
    if (decision === 'fail') return this.#record(path, { outcome: 'failed', failure });
    return { outcome: 'skipped', reason: `skipped by an operator after ${failure.type}: ${failure.message}` };
  }

  /** The one place where kinds of tasks are told apart. */
  #runByKind(task: Task, instance: Instance): Promise<Settlement> {
    if ('tasks' in task) return this.#runGroup(task, instance);
    if ('wait' in task) return this.#runWait(task, instance);
    return 'workflow' in task ? this.#runWorkflow(task, instance) : this.#runActivity(task, instance);
  }

  async #runWorkflow(task: WorkflowTask, { path, scope }: Instance): Promise<Settlement> {
    const call = attempt(() => ({
      with: evaluate(task.with ?? {}, scope.bindings()),
      priority: priorityOptions(task, this.#plan.defaults, scope.bindings()),
    }));
    const settlement = call.ok
      ? await this.#surroundings.runWorkflow({
          workflow: task.workflow,
          task: path,
          ...call.value,
          ...(this.#outcomes.opened(path)?.resumes && { resumes: true }),
        })
      : call.failure;
    return task.onFailure === 'hold' ? settlement : this.#record(path, settlement);
  }

  async #runWait(task: WaitTask, { path, scope, node }: Instance): Promise<Settlement> {
    const { changed, now } = this.#surroundings;
    const { startedAt = now(), waitingSince = now() } = this.#outcomes.opened(path) ?? {};
    node.suspend('waiting');
    this.#outcomes.open(path, { startedAt, waitingSince });
    const waiting = runWait(task.wait, path, scope, this.#surroundings, waitingSince);
    changed?.();
    const settlement = await waiting;
    node.release('waiting');
    return task.onFailure === 'hold' ? settlement : this.#record(path, settlement);
  }

  async #runActivity(task: ActivityTask, { path, scope, node }: Instance): Promise<Settlement> {
    // What is held has not failed yet.
    const record = (settlement: Settlement): Settlement =>
      task.onFailure === 'hold' ? settlement : this.#record(path, settlement);
    const { defaults, activities } = this.#plan;
    const call = attempt(() => ({
      with: evaluate(task.with ?? {}, scope.bindings()),
      priority: priorityOptions(task, defaults, scope.bindings()),
    }));
    if (!call.ok) return record(call.failure);
    const options = activityOptions(task, defaults, activities[task.activity]?.taskQueue ?? '');
    const { priority } = call.value;
    const cache = task.cache ?? defaults.cache ?? false;
    const settlement = await this.#surroundings.runActivity({
      activity: task.activity,
      task: path,
      with: call.value.with,
      options: priority === undefined ? options : { ...options, priority },
      ...(cache === false ? {} : { cache }),
      ...(scope.rounds.length === 0 ? {} : { rounds: scope.rounds }),
    });
    if (settlement.cached === true) node.countCached();
    return record(settlement);
  }

  async #runGroup(task: GroupTask, { path, scope, node }: Instance): Promise<Settlement> {
    const inner = scope.ofGroup(Object.keys(task.tasks));
    const settlements = await this.runTasks(task.tasks, path, inner, node.children);
    const verdict = groupVerdict(settlements);
    if (verdict !== undefined) return verdict;
    if (task.outputs === undefined) return valueOfGroup(Object.keys(task.tasks), settlements);
    const { outputs } = task;
    const value = attempt(() => evaluateOutputs(outputs, inner, settlements));
    return value.ok ? succeeded(value.value) : this.#record(path, value.failure);
  }

  /** What has ended in an earlier execution, shown again; undefined if there is something left to do or to look into. */
  #keep({ path, node }: Instance): Settlement | undefined {
    const kept = this.#outcomes.whole(path);
    if (kept === undefined) return undefined;
    const { outcome, startedAt, endedAt, failure, reason, cached } = kept;
    if (cached === true) node.countCached();
    if (startedAt !== undefined) node.start(startedAt);
    node.settle(
      startedAt === undefined ? 'pending' : 'running',
      outcome,
      endedAt,
      failure?.message ?? reason,
    );
    return this.#record(path, settlementOf(kept));
  }

  /** Settles an instance that never ran. */
  #endEarly({ path, node }: Instance, settlement: Settlement): Settlement {
    const endedAt = this.#surroundings.now();
    const { outcome, failure, reason } = settlement;
    node.settle('pending', outcome, endedAt, failure?.message ?? reason);
    this.#outcomes.settle(path, { ...settlement, endedAt });
    return this.#record(path, settlement);
  }

  #record(path: string, settlement: Settlement): Settlement {
    if (settlement.failure !== undefined)
      this.#failures.add({ task: path, state: 'failed', ...settlement.failure });
    return settlement;
  }
}
