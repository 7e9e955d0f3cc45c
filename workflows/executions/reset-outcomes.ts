/** What of an ended run is kept when it goes on, and what runs again: the one place where that is decided. Pure. */
import { needsOf, topologicalOrder } from '../../definitions/model/graph.ts';
import { isGroup, isWorkflow } from '../../definitions/model/task-kind.ts';
import type { Tasks, Task } from '../../definitions/model/types.ts';
import { isInSlice, prefixesOf, sliceOf, taskPath } from '../../definitions/model/instance-path.ts';
import type { OpenInstance, SettledInstance, OutcomeRecord, Resumption } from '../state/outcomes.ts';
import type { TaskError } from '../state/settlement.ts';
import type { SliceResult } from '../items/slices.ts';

/**
 * Succeeded, skipped and tolerated instances are kept. What failed, was blocked, was cancelled or had not ended runs
 * again, and so does everything that needs it, directly or through others; of a group, of a list of items and of rounds
 * only the parts that did. Waits that had begun wait on. An error stands that a `catch` has begun to handle: of its tasks
 * those run again that have not ended well, since what they have undone must not count as done. What has workflows of its own, a run of another definition or a
 * slice, is asked to go on (`Resumption`): there the same is decided of what it had come to.
 *
 * @param chosen path of an instance (or of all items of a task) that also runs again, with everything that needs it.
 * @returns undefined if nothing that has ended lies at `chosen`.
 */
export function resetOutcomes(
  tasks: Tasks,
  record: OutcomeRecord,
  chosen?: string,
): OutcomeRecord | undefined {
  const again = new Again(record, chosen);
  if (!again.knowsChosen) return undefined;
  again.ofGroup(tasks, '');
  return again.kept((path) => Object.hasOwn(tasks, prefixesOf(path)[0] ?? ''));
}

/**
 * The same of the items of a `forEach` task that a slice has.
 *
 * @param path of the instance of the task.
 * @param chosen as above, and without effect if nothing has ended there: then it runs in any case.
 */
export function resetItems(task: Task, path: string, record: OutcomeRecord, chosen?: string): OutcomeRecord {
  const choosing = new Again(record, chosen);
  const again = choosing.knowsChosen ? choosing : new Again(record, undefined);
  again.ofParts(task, path);
  return again.kept(() => true);
}

class Again {
  readonly #settled: { readonly [path: string]: SettledInstance };
  readonly #open: { readonly [path: string]: OpenInstance };
  readonly #parts: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #chosen: string | undefined;
  /** Instances that run again with all that is in them. */
  readonly #whole = new Set<string>();
  /** Instances of which only parts run again. */
  readonly #partly = new Set<string>();
  /** Those of them that are workflows of their own. */
  readonly #resumed = new Map<string, Resumption>();
  /** The errors of those of which the `catch` goes on. */
  readonly #caught = new Map<string, TaskError>();

  constructor(record: OutcomeRecord, chosen: string | undefined) {
    this.#settled = record.settled;
    this.#open = record.open;
    this.#parts = partsOf(record);
    this.#chosen = chosen;
  }

  get knowsChosen(): boolean {
    const chosen = this.#chosen;
    return (
      chosen === undefined ||
      this.#parts.has(chosen) ||
      [...this.#parts.keys()].some((path) => this.#holdsInSlice(path, chosen))
    );
  }

  /** What is kept of the instances that are `isOwn`. */
  kept(isOwn: (path: string) => boolean): OutcomeRecord {
    const settled = Object.entries(this.#settled).filter(
      ([path]) => isOwn(path) && !this.#partly.has(path) && !this.#isWhole(path),
    );
    const waiting = Object.entries(this.#open).filter(
      ([path, { waitingSince, held }]) =>
        isOwn(path) && waitingSince !== undefined && held === undefined && !this.#isWhole(path),
    );
    const begun = [
      ...[...this.#resumed].map(([path, resumes]) => [path, { resumes }] as const),
      ...[...this.#caught].map(([path, caught]) => [path, { caught }] as const),
    ].flatMap(([path, how]): [string, OpenInstance][] => {
      const { startedAt } = this.#open[path] ?? this.#settled[path] ?? {};
      return startedAt === undefined || !isOwn(path) || this.#isWhole(path)
        ? []
        : [[path, { startedAt, ...how }]];
    });
    return { settled: Object.fromEntries(settled), open: Object.fromEntries([...waiting, ...begun]) };
  }

  /** Whether an instance runs again from its beginning. */
  #isWhole(path: string): boolean {
    return prefixesOf(path).some((prefix) => this.#whole.has(prefix));
  }

  /** Whether any task of a group instance runs again. */
  ofGroup(tasks: Tasks, group: string): boolean {
    const again = new Set<string>();
    for (const name of topologicalOrder(tasks)) {
      const task = tasks[name];
      if (task === undefined) continue;
      const path = taskPath(group, name);
      const isAfter = needsOf(task).some((need) => again.has(need));
      if (isAfter) this.#whole.add(path);
      if (isAfter || this.#ofInstance(task, path)) again.add(name);
    }
    return again.size > 0;
  }

  /** Whether an instance runs again, or a part of it. */
  #ofInstance(task: Task, path: string): boolean {
    const outcome = this.#settled[path];
    const isChosen = this.#chosen !== undefined && prefixesOf(path).includes(this.#chosen);
    const holdsChosen = this.#chosen !== undefined && prefixesOf(this.#chosen).includes(path);
    if (!isChosen && !holdsChosen && outcome !== undefined && isGood(outcome, task)) return false;
    const caught = isChosen ? undefined : this.#caughtOf(task, path);
    const isRun =
      caught === undefined && isWorkflow(task) && task.forEach === undefined && task.repeat === undefined;
    const isPartly = !isChosen && (isRun || this.ofParts(task, path) || caught !== undefined);
    if (isRun) this.#resumed.set(path, {});
    if (caught !== undefined) this.#caught.set(path, caught);
    // What has failed without any part that has: its outputs, or rounds that did not suffice.
    if (isPartly || outcome === undefined) this.#partly.add(path);
    else this.#whole.add(path);
    return true;
  }

  /** Whether a slice of items runs again, or a part of it. */
  #ofSlice(path: string): boolean {
    const outcome = this.#settled[path];
    const chosen =
      this.#chosen !== undefined && this.#holdsInSlice(path, this.#chosen) ? this.#chosen : undefined;
    const isChosen = this.#chosen === path;
    if (outcome?.outcome === 'succeeded' && chosen === undefined && !isChosen) return false;
    const items = this.#itemsOf(path);
    this.#resumed.set(path, {
      ...(chosen !== undefined && { task: chosen }),
      ...(items !== undefined && { items }),
    });
    (isChosen ? this.#whole : this.#partly).add(path);
    return true;
  }

  /** Whether an instance is, or is within, one of the items that a slice has come to. */
  #holdsInSlice(path: string, instance: string): boolean {
    const slice = sliceOf(path);
    if (slice === undefined) return false;
    const { task, from, to } = slice;
    return isInSlice(instance, { task, from, to: Math.min(to, from + (this.#itemsOf(path) ?? Infinity)) });
  }

  /** How many of its items a slice has come to; undefined if that is not known. */
  #itemsOf(path: string): number | undefined {
    const result = this.#settled[path]?.value as unknown as SliceResult | undefined;
    return result?.tally.count ?? this.#open[path]?.resumes?.items;
  }

  /** Whether a part of an instance runs again: a task of a group, an item, a round. */
  ofParts(task: Task, path: string): boolean {
    const { forEach, repeat, onFailure: _, ...one } = task;
    const parts = [...(this.#parts.get(path) ?? [])];
    if (forEach !== undefined) {
      const item: Task = repeat === undefined ? one : { ...one, repeat };
      const isAgain = (part: string): boolean =>
        sliceOf(part) === undefined ? this.#ofInstance(item, part) : this.#ofSlice(part);
      return parts.filter(isAgain).length > 0;
    }
    if (repeat !== undefined) {
      const first = parts.findIndex((part) => this.#ofInstance(one, part));
      for (const later of first === -1 ? [] : parts.slice(first + 1)) this.#whole.add(later);
      return first !== -1;
    }
    if (one.catch !== undefined) {
      if (this.#caughtOf(task, path) !== undefined) return this.ofGroup(one.catch.tasks, path);
      for (const name of Object.keys(one.catch.tasks)) this.#whole.add(taskPath(path, name));
    }
    return isGroup(one) && this.ofGroup(one.tasks, path);
  }

  /** The error that the `catch` of an instance has begun to handle, unless a task of the group that had failed is chosen. */
  #caughtOf(task: Task, path: string): TaskError | undefined {
    if (task.catch === undefined || task.forEach !== undefined || task.repeat !== undefined) return undefined;
    const chosen = this.#chosen === undefined ? [] : prefixesOf(this.#chosen);
    const isInGroup =
      isGroup(task) && Object.keys(task.tasks).some((name) => chosen.includes(taskPath(path, name)));
    return isInGroup ? undefined : (this.#open[path]?.caught ?? this.#settled[path]?.caught);
  }
}

function isGood({ outcome, tolerated }: SettledInstance, { onFailure }: Task): boolean {
  return outcome === 'succeeded' || outcome === 'skipped' || tolerated === true || onFailure === 'continue';
}

/** The instances directly inside each instance, by path, in the order in which they ended. */
function partsOf({ settled, open }: OutcomeRecord): ReadonlyMap<string, ReadonlySet<string>> {
  const parts = new Map<string, Set<string>>();
  for (const path of [...Object.keys(settled), ...Object.keys(open)]) {
    let around: string | undefined;
    for (const prefix of prefixesOf(path)) {
      if (!parts.has(prefix)) parts.set(prefix, new Set());
      if (around !== undefined) parts.get(around)?.add(prefix);
      around = prefix;
    }
  }
  return parts;
}
