/** The state of a run's tasks as the `status` query shows it: as large as the definition, whatever the data. */
import { cutText } from '../../definitions/model/cut-text.ts';
import { isWithin, taskPath } from '../../definitions/model/instance-path.ts';
import { isGroup, kindOf } from '../../definitions/model/task-kind.ts';
import type { Task, TaskOutcome, TaskState, Tasks } from '../../definitions/model/types.ts';
import type { TaskFailure, TaskStatus } from '../messages.ts';

/** Failures kept for the `status` query, so that its answer stays small. */
const MAX_FAILURES = 50;
/** Characters of one reason. */
const MAX_REASON_CHARS = 2_000;

/** Outcomes from worst to best: a node shows the worst of its instances'. */
const worstFirst: readonly TaskOutcome[] = ['failed', 'blocked', 'cancelled', 'succeeded', 'skipped'];

const STATES: readonly TaskState[] = ['pending', 'running', 'held', 'waiting', ...worstFirst];

/**
 * One task of the definition with the counts of its instances. A `forEach` task counts as one instance until its
 * items are known, then as one for each item; with an empty list it stays one.
 */
export class StatusNode {
  readonly name: string;
  readonly path: string;
  readonly #kind: TaskStatus['kind'];
  readonly #isCatch: boolean;
  readonly #children: ReadonlyMap<string, StatusNode>;
  readonly #counts: { [state in TaskState]: number } = {
    pending: 0,
    running: 0,
    held: 0,
    waiting: 0,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    blocked: 0,
    cancelled: 0,
  };
  #startedAt: number | undefined;
  #endedAt: number | undefined;
  #reason: string | undefined;
  #reasonOutcome: TaskOutcome | undefined;
  #tolerated = false;
  #cached = 0;
  /** Failed instances that count as good ones for the state of this node. */
  #forgiven = 0;

  /** @param isCatch whether the task is of the `catch` of the one around it. */
  constructor(name: string, path: string, task: Task, isCatch = false) {
    this.name = name;
    this.path = path;
    this.#kind = kindOf(task);
    this.#isCatch = isCatch;
    this.#children = new Map([
      ...(isGroup(task) ? statusNodes(task.tasks, path) : []),
      ...statusNodes(task.catch?.tasks ?? {}, path, true),
    ]);
  }

  /** The node of a task of this group, or of its `catch`. */
  child(name: string): StatusNode {
    return nodeOf(this.#children, name);
  }

  get children(): ReadonlyMap<string, StatusNode> {
    return this.#children;
  }

  /** So many more instances will come. */
  expect(count: number): void {
    this.#counts.pending += count;
  }

  /** A pending instance begins. */
  start(now: number): void {
    this.#counts.pending -= 1;
    this.#counts.running += 1;
    this.#startedAt ??= now;
  }

  /** A running instance does no work for now; `release` lets it run on. */
  suspend(state: 'held' | 'waiting'): void {
    this.#counts.running -= 1;
    this.#counts[state] += 1;
  }

  release(state: 'held' | 'waiting'): void {
    this.#counts[state] -= 1;
    this.#counts.running += 1;
  }

  /** One instance has the outputs of an earlier success. */
  countCached(): void {
    this.#cached += 1;
  }

  /** So many failed items are within what their `forEach` allows. */
  forgive(count: number): void {
    this.#forgiven += count;
    this.#tolerated = true;
  }

  /** A failed or blocked instance fails nothing around it. */
  tolerate(): void {
    this.#tolerated = true;
  }

  /** An instance ends that was in the state `from`. The reason of the first of the worst outcome is kept. */
  settle(from: 'pending' | 'running', outcome: TaskOutcome, now: number, reason?: string): void {
    this.#counts[from] -= 1;
    this.#counts[outcome] += 1;
    this.#endedAt = now;
    if (reason === undefined || !isWorse(outcome, this.#reasonOutcome)) return;
    this.#reason = cutText(reason, MAX_REASON_CHARS);
    this.#reasonOutcome = outcome;
  }

  /**
   * What became of some pending instances elsewhere, of which `running` were shown as running here.
   *
   * @param status their own; instances that it has as pending stay pending.
   */
  absorb(status: TaskStatus, running = 0): void {
    const ended = worstFirst.reduce((sum, outcome) => sum + status.counts[outcome], 0);
    this.#counts.running -= running;
    this.#counts.pending -= ended - running;
    this.#merge(status);
  }

  #merge(status: TaskStatus): void {
    const { counts, startedAt, endedAt, reason, state } = status;
    for (const outcome of worstFirst) this.#counts[outcome] += counts[outcome];
    if (startedAt !== undefined) this.#startedAt = Math.min(this.#startedAt ?? startedAt, startedAt);
    if (endedAt !== undefined) this.#endedAt = Math.max(this.#endedAt ?? endedAt, endedAt);
    const outcome = worstFirst.find((other) => other === state);
    if (reason !== undefined && outcome !== undefined && isWorse(outcome, this.#reasonOutcome)) {
      this.#reason = reason;
      this.#reasonOutcome = outcome;
    }
    this.#tolerated ||= status.tolerated === true;
    this.#forgiven += status.forgiven ?? 0;
    this.#cached += status.cached ?? 0;
    for (const task of status.tasks ?? []) this.child(task.name).#merge(task);
  }

  /** The state and the counts in one line, such as `running (3 running, 5 succeeded)`; costs much less than `view`. */
  line(): string {
    const parts: string[] = [];
    for (const state of STATES) if (this.#counts[state] > 0) parts.push(`${this.#counts[state]} ${state}`);
    return `${this.#stateWithin(undefined)}${parts.length > 1 ? ` (${parts.join(', ')})` : ''}`;
  }

  /** @param group the state of the group around it, which tells what became of a task without any instance. */
  view(group?: TaskState): TaskStatus {
    const state = this.#stateWithin(group);
    const isOver = worstFirst.some((outcome) => outcome === state);
    return {
      name: this.name,
      path: this.path,
      kind: this.#kind,
      state,
      counts: { ...this.#counts },
      ...(this.#startedAt === undefined ? {} : { startedAt: this.#startedAt }),
      ...(isOver && this.#endedAt !== undefined ? { endedAt: this.#endedAt } : {}),
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      ...(this.#tolerated ? { tolerated: true } : {}),
      ...(this.#cached > 0 ? { cached: this.#cached } : {}),
      ...(this.#forgiven > 0 ? { forgiven: this.#forgiven } : {}),
      ...(this.#isCatch ? { isCatch: true as const } : {}),
      ...(this.#kind === 'group' || this.#children.size > 0
        ? { tasks: [...this.#children.values()].map((node) => node.view(state)) }
        : {}),
    };
  }

  #stateWithin(group: TaskState | undefined): TaskState {
    const ended =
      worstFirst.find((outcome) => this.#counts[outcome] > (outcome === 'failed' ? this.#forgiven : 0)) ??
      (this.#forgiven > 0 ? 'succeeded' : undefined);
    if (this.#counts.running > 0) return 'running';
    if (this.#counts.held > 0) return 'held';
    if (this.#counts.waiting > 0) return 'waiting';
    if (this.#counts.pending > 0) return ended === undefined ? 'pending' : 'running';
    if (ended !== undefined) return ended;
    if (!worstFirst.some((outcome) => outcome === group)) return 'pending';
    return group === 'blocked' || group === 'cancelled' ? group : 'skipped';
  }
}

/** The nodes of the tasks of a group, by name, in the definition's order. */
export function statusNodes(
  tasks: Tasks,
  groupPath: string,
  areCatch = false,
): ReadonlyMap<string, StatusNode> {
  return new Map(
    Object.entries(tasks).map(([name, task]) => {
      const path = taskPath(groupPath, name);
      return [name, new StatusNode(name, path, task, areCatch)];
    }),
  );
}

/** The node of a task; it is a fault of the interpreter to ask for one that the definition lacks. */
export function nodeOf(nodes: ReadonlyMap<string, StatusNode>, name: string): StatusNode {
  const node = nodes.get(name);
  if (node === undefined) throw new Error(`The definition has no task '${name}' here.`);
  return node;
}

/** The first failures of a run: those that failed of themselves before those that were blocked by them. */
export class FailureList {
  readonly #failed: TaskFailure[] = [];
  readonly #blocked: TaskFailure[] = [];

  add(given: TaskFailure): void {
    const failure = { ...given, message: cutText(given.message, MAX_REASON_CHARS) };
    const list = failure.state === 'blocked' ? this.#blocked : this.#failed;
    if (list.length < MAX_FAILURES) list.push(failure);
    else if (failure.tolerated !== true) {
      // What fails the run must be among those shown, however many were tolerated before it.
      const dispensable = list.findIndex(({ tolerated }) => tolerated === true);
      if (dispensable !== -1) list[dispensable] = failure;
    }
  }

  /** The failures of an instance, and inside it, fail nothing around it. */
  tolerate(path: string): void {
    for (const list of [this.#failed, this.#blocked])
      for (const [index, failure] of list.entries())
        if (isWithin(failure.task, path)) list[index] = { ...failure, tolerated: true };
  }

  /** At most 50. */
  view(): readonly TaskFailure[] {
    return [...this.#failed, ...this.#blocked].slice(0, MAX_FAILURES);
  }
}

function isWorse(outcome: TaskOutcome, than: TaskOutcome | undefined): boolean {
  return than === undefined || worstFirst.indexOf(outcome) < worstFirst.indexOf(than);
}
