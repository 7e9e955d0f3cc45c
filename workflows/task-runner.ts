/** Runs one task of a definition: its condition, its items, and its work by kind. */
import type { Priority } from '@temporalio/common';
import type { ActivityOptions } from '@temporalio/workflow';
import { evaluate, evaluateCondition } from '../definitions/expression.ts';
import type {
  ActivityTask,
  CacheOption,
  GroupTask,
  Task,
  TaskOptions,
  Tasks,
  Value,
  WaitTask,
  WorkflowTask,
} from '../definitions/types.ts';
import { activityOptions, priorityOptions } from './activity-options.ts';
import { attempt } from './attempt.ts';
import type { Scope } from './bindings.ts';
import {
  countFailed,
  DEFAULT_CONCURRENCY,
  DEFAULT_ITEM_NAME,
  runForEach,
  settleForEach,
} from './for-each.ts';
import { runGraph } from './graph-runner.ts';
import { itemPath, taskPath } from './instance-path.ts';
import { EXPRESSION_ERROR, GROUP_FAILED } from './messages.ts';
import { evaluateOutputs } from './outputs.ts';
import { cancelled, failed, succeeded, type Failure, type Settlement } from './settlement.ts';
import { nodeOf, type FailureList, type StatusNode } from './status-tree.ts';
import { runWait, type WaitSurroundings } from './wait-runner.ts';

/** One activity to be run: everything Temporal needs to know about it. */
export interface ActivityCall {
  readonly activity: string;
  /** Path of the task instance. */
  readonly task: string;
  readonly with: Value;
  readonly options: ActivityOptions;
  /** Absent = neither is an earlier success looked for, nor is this one kept. */
  readonly cache?: Exclude<CacheOption, false>;
}

/** One run of another definition. */
export interface WorkflowCall {
  readonly workflow: string;
  /** Path of the task instance. */
  readonly task: string;
  /** The params of that run. */
  readonly with: Value;
  /** Default: that of the run. */
  readonly priority?: Priority | undefined;
}

/** What the task runner needs from outside; Temporal in a workflow, a fake in unit tests. */
export interface Surroundings extends WaitSurroundings {
  /** Settles as succeeded, failed or cancelled; rejects only for faults. */
  readonly runActivity: (call: ActivityCall) => Promise<Settlement>;
  /** Settles likewise; the value is the outputs of that run. */
  readonly runWorkflow: (call: WorkflowCall) => Promise<Settlement>;
  readonly isCancelled: () => boolean;
  /** Called after each start and end of a task of the run itself (not of its groups), and when one begins or ends to wait. */
  readonly changed?: () => void;
}

/** What of a pinned run the task runner follows. */
export interface Plan {
  readonly defaults: TaskOptions;
  readonly activities: { readonly [name: string]: { readonly taskQueue: string } };
}

/** One instance of a task: where it is, and what it sees. */
interface Instance {
  readonly path: string;
  readonly scope: Scope;
  readonly node: StatusNode;
}

export class TaskRunner {
  readonly #plan: Plan;
  readonly #surroundings: Surroundings;
  readonly #failures: FailureList;

  constructor(plan: Plan, surroundings: Surroundings, failures: FailureList) {
    this.#plan = plan;
    this.#surroundings = surroundings;
    this.#failures = failures;
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
      start: async (name, task) => {
        const instance = { path: taskPath(path, name), scope, node: nodeOf(nodes, name) };
        const running =
          task.onFailure === 'continue' ? this.#runTolerated(task, instance) : this.#runTask(task, instance);
        notify?.();
        return running;
      },
      pass: (name, settlement) => {
        const { outcome, reason, tolerated } = settlement;
        const node = nodeOf(nodes, name);
        node.settle('pending', outcome, now(), reason);
        if (tolerated === true) node.tolerate();
        if (outcome !== 'blocked') return;
        this.#failures.add({
          task: taskPath(path, name),
          state: outcome,
          type: 'BLOCKED',
          message: reason ?? '',
          ...(tolerated === true ? { tolerated } : {}),
        });
      },
      settled: (name, { value }) => {
        if (value !== undefined) scope.assign(name, value);
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
    const condition = attempt(
      () => task.when === undefined || evaluateCondition(task.when, instance.scope.bindings()),
    );
    if (!condition.ok) return this.#endEarly(instance, condition.failure);
    if (!condition.value)
      return this.#endEarly(instance, { outcome: 'skipped', reason: `when is false: ${task.when ?? ''}` });
    return task.forEach === undefined
      ? this.#runInstance(task, instance)
      : this.#runItems(task, task.forEach, instance);
  }

  /** The instances of a `forEach` task. */
  async #runItems(
    task: Task,
    forEach: NonNullable<Task['forEach']>,
    instance: Instance,
  ): Promise<Settlement> {
    const { path, scope, node } = instance;
    const list = attempt(() => evaluate(forEach.in, scope.bindings()));
    if (!list.ok) return this.#endEarly(instance, list.failure);
    const items = list.value;
    if (!isList(items)) {
      const message = `forEach.in of '${node.path}' must be a list; it is ${describe(items)}.`;
      return this.#endEarly(instance, failed(EXPRESSION_ERROR, message));
    }
    if (items.length === 0) {
      node.start(this.#surroundings.now());
      node.settle('running', 'succeeded', this.#surroundings.now());
      return succeeded([]);
    }
    node.expect(items.length - 1);
    const settlements = await runForEach(
      items.length,
      forEach.concurrency ?? DEFAULT_CONCURRENCY,
      async (index) => {
        const itemScope = scope.withItem(forEach.as ?? DEFAULT_ITEM_NAME, items[index] ?? null);
        return this.#runInstance(task, { path: itemPath(path, index), scope: itemScope, node });
      },
    );
    const settlement = settleForEach(settlements, forEach.maxFailures);
    const failedCount = settlement.outcome === 'succeeded' ? countFailed(settlements) : 0;
    if (failedCount > 0) {
      node.forgive(failedCount);
      this.#failures.tolerate(path);
    }
    return settlement;
  }

  /** One instance, from pending to its end. */
  async #runInstance(task: Task, instance: Instance): Promise<Settlement> {
    const { node } = instance;
    const { control, isCancelled, now } = this.#surroundings;
    // Waiting only where there is something to wait for keeps the order of commands that histories have.
    if (control.isPaused) await control.untilResumed();
    if (isCancelled()) return this.#endEarly(instance, cancelled);
    node.start(now());
    for (;;) {
      const attempted = await this.#runByKind(task, instance);
      const { failure } = attempted;
      const isHeld = task.onFailure === 'hold' && failure !== undefined && !isCancelled();
      const settlement = isHeld ? await this.#hold(instance, failure) : attempted;
      if (settlement === 'retry') continue;
      node.settle('running', settlement.outcome, now(), settlement.failure?.message ?? settlement.reason);
      return settlement;
    }
  }

  /** A failed instance with `onFailure: hold`: what the operator decides. */
  async #hold({ path, node }: Instance, failure: Failure): Promise<Settlement | 'retry'> {
    const { control, now, changed } = this.#surroundings;
    node.suspend('held');
    const decided = control.hold(path, failure, now());
    changed?.();
    const decision = await decided;
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
      ? await this.#surroundings.runWorkflow({ workflow: task.workflow, task: path, ...call.value })
      : call.failure;
    return task.onFailure === 'hold' ? settlement : this.#record(path, settlement);
  }

  async #runWait(task: WaitTask, { path, scope, node }: Instance): Promise<Settlement> {
    const { changed } = this.#surroundings;
    node.suspend('waiting');
    const waiting = runWait(task.wait, path, scope, this.#surroundings);
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
    });
    if (settlement.cached === true) node.countCached();
    return record(settlement);
  }

  async #runGroup(task: GroupTask, { path, scope, node }: Instance): Promise<Settlement> {
    const inner = scope.ofGroup(Object.keys(task.tasks));
    const settlements = await this.runTasks(task.tasks, path, inner, node.children);
    const verdict = groupVerdict(settlements);
    if (verdict !== undefined) return verdict;
    if (task.outputs === undefined) {
      const names = Object.keys(task.tasks);
      return succeeded(Object.fromEntries(names.map((name) => [name, settlements.get(name)?.value ?? null])));
    }
    const { outputs } = task;
    const value = attempt(() => evaluateOutputs(outputs, inner, settlements));
    return value.ok ? succeeded(value.value) : this.#record(path, value.failure);
  }

  /** Settles an instance that never ran. */
  #endEarly({ path, node }: Instance, settlement: Settlement): Settlement {
    node.settle(
      'pending',
      settlement.outcome,
      this.#surroundings.now(),
      settlement.failure?.message ?? settlement.reason,
    );
    return this.#record(path, settlement);
  }

  #record(path: string, settlement: Settlement): Settlement {
    if (settlement.failure !== undefined)
      this.#failures.add({ task: path, state: 'failed', ...settlement.failure });
    return settlement;
  }
}

/** How a group ended if not succeeded: cancelled if any task was, failed if any failed or was blocked untolerated. */
export function groupVerdict(settlements: ReadonlyMap<string, Settlement>): Settlement | undefined {
  const bad: string[] = [];
  for (const [name, { outcome, failure, tolerated }] of settlements) {
    if (outcome === 'cancelled') return cancelled;
    if (tolerated === true) continue;
    if (outcome === 'failed') bad.unshift(`${name} failed: ${failure?.message ?? ''}`);
    if (outcome === 'blocked') bad.push(`${name} was blocked`);
  }
  return bad.length === 0 ? undefined : failed(GROUP_FAILED, bad.join('; '));
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function describe(value: Value): string {
  return value === null ? 'null' : `a ${typeof value}`;
}
