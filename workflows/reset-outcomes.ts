/** What of an ended run is kept when it goes on, and what runs again: the one place where that is decided. Pure. */
import { needsOf, topologicalOrder } from '../definitions/graph.ts';
import type { Tasks, Task } from '../definitions/types.ts';
import { taskPath } from './instance-path.ts';
import type { Outcome, OutcomeRecord } from './outcomes.ts';

/**
 * Succeeded, skipped and tolerated instances are kept. What failed, was blocked, was cancelled or had not ended runs
 * again, and so does everything that needs it, directly or through others; of a group, of a list of items and of rounds
 * only the parts that did. Waits that had begun wait on.
 *
 * @param chosen path of an instance (or of all items of a task) that also runs again, with everything that needs it.
 * @returns undefined if nothing that has ended lies at `chosen`.
 */
export function resetOutcomes(
  tasks: Tasks,
  record: OutcomeRecord,
  chosen?: string,
): OutcomeRecord | undefined {
  const parts = partsOf(record);
  if (chosen !== undefined && !parts.has(chosen)) return undefined;
  const again = new Again(record, parts, chosen);
  again.ofGroup(tasks, '');
  const isOwn = (path: string): boolean => Object.hasOwn(tasks, prefixesOf(path)[0] ?? '');
  const kept = <T>(
    instances: { readonly [path: string]: T },
    isKept: (path: string, instance: T) => boolean,
  ) =>
    Object.fromEntries(
      Object.entries(instances).filter(([path, instance]) => isOwn(path) && isKept(path, instance)),
    );
  return {
    settled: kept(record.settled, (path) => again.keeps(path)),
    open: kept(
      record.open,
      (path, { waitingSince, held }) =>
        waitingSince !== undefined && held === undefined && !again.isWhole(path),
    ),
  };
}

class Again {
  readonly #settled: { readonly [path: string]: Outcome };
  readonly #parts: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #chosen: string | undefined;
  /** Instances that run again with all that is in them. */
  readonly #whole = new Set<string>();
  /** Instances of which only parts run again. */
  readonly #partly = new Set<string>();

  constructor(
    { settled }: OutcomeRecord,
    parts: ReadonlyMap<string, ReadonlySet<string>>,
    chosen: string | undefined,
  ) {
    this.#settled = settled;
    this.#parts = parts;
    this.#chosen = chosen;
  }

  keeps(path: string): boolean {
    return !this.#partly.has(path) && !this.isWhole(path);
  }

  /** Whether an instance runs again from its beginning. */
  isWhole(path: string): boolean {
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
    const isPartly = !isChosen && this.#ofParts(task, path);
    // What has failed without any part that has: its outputs, or rounds that did not suffice.
    if (isPartly || outcome === undefined) this.#partly.add(path);
    else this.#whole.add(path);
    return true;
  }

  #ofParts(task: Task, path: string): boolean {
    const { forEach, repeat, onFailure: _, ...one } = task;
    const parts = [...(this.#parts.get(path) ?? [])];
    if (forEach !== undefined) {
      const item: Task = repeat === undefined ? one : { ...one, repeat };
      return parts.filter((part) => this.#ofInstance(item, part)).length > 0;
    }
    if (repeat !== undefined) {
      const first = parts.findIndex((part) => this.#ofInstance(one, part));
      for (const later of first === -1 ? [] : parts.slice(first + 1)) this.#whole.add(later);
      return first !== -1;
    }
    return 'tasks' in one && this.ofGroup(one.tasks, path);
  }
}

function isGood({ outcome, tolerated }: Outcome, { onFailure }: Task): boolean {
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

/** `a`, `a[3]`, `a[3].b` of `a[3].b`. */
function prefixesOf(path: string): readonly string[] {
  return [...path.matchAll(/[^.[@]+|\[[^\]]*\]|@\d+/g)].map(({ index, 0: part }) =>
    path.slice(0, index + part.length),
  );
}
