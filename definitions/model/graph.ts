/** The order of tasks. Pure; runs inside the workflow sandbox. Each function costs as much as there are tasks and needs. */
import type { Task, Tasks } from './types.ts';

/** The tasks a task needs, each once, in the order written. */
export function needsOf(task: Task): readonly string[] {
  return [...new Set(task.needs)];
}

function neededIn(tasks: Tasks, name: string): readonly string[] {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  return task === undefined ? [] : needsOf(task).filter((needed) => Object.hasOwn(tasks, needed));
}

/**
 * Every task after all it needs; among those that could come next, in the order written. Needs that name no task of the
 * group are left out of account. Throws `RangeError` if the needs have a cycle.
 */
export function topologicalOrder(tasks: Tasks): string[] {
  const order = orderOutsideCycles(tasks);
  if (order.length === Object.keys(tasks).length) return order;
  throw new RangeError(`Tasks need each other in a cycle: ${(findCycle(tasks) ?? []).join(' → ')}`);
}

/** The same, without the tasks that are in a cycle or need one that is. */
export function orderOutsideCycles(tasks: Tasks): string[] {
  const names = Object.keys(tasks);
  const position = new Map(names.map((name, index) => [name, index]));
  const missing = new Map(names.map((name) => [name, neededIn(tasks, name).length]));
  const dependents = dependentsOf(tasks);
  const order: string[] = [];
  const ready = new FirstOf();
  for (const [index, name] of names.entries()) if (missing.get(name) === 0) ready.add(index);
  for (let next = ready.take(); next !== undefined; next = ready.take()) {
    const name = names[next] ?? '';
    order.push(name);
    for (const dependent of dependents.get(name) ?? []) {
      const left = (missing.get(dependent) ?? 0) - 1;
      missing.set(dependent, left);
      if (left === 0) ready.add(position.get(dependent) ?? 0);
    }
  }
  return order;
}

/** Numbers of which the smallest is taken first: a binary heap (Williams, 1964). */
class FirstOf {
  readonly #heap: number[] = [];

  add(number: number): void {
    const heap = this.#heap;
    let at = heap.push(number) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] ?? 0) <= number) break;
      heap[at] = heap[parent] ?? 0;
      at = parent;
    }
    heap[at] = number;
  }

  take(): number | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const least = (heap[left + 1] ?? Infinity) < (heap[left] ?? Infinity) ? left + 1 : left;
      const child = heap[least];
      if (child === undefined || child >= last) break;
      heap[at] = child;
      at = least;
    }
    heap[at] = last;
    return first;
  }
}

/** For every task, the tasks that need it directly, in the order written. */
export function dependentsOf(tasks: Tasks): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>(Object.keys(tasks).map((name) => [name, []]));
  for (const name of Object.keys(tasks))
    for (const needed of neededIn(tasks, name)) dependents.get(needed)?.push(name);
  return dependents;
}

/** A cycle as `[a, b, a]` (a needs b, b needs a), beginning with the task written first; undefined if there is none. */
export function findCycle(tasks: Tasks): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of Object.keys(tasks)) {
    // Depth first with its own stack: a chain of thousands of tasks must not overflow the call stack.
    const path = [{ name: start, needs: neededIn(tasks, start).values() }];
    const onPath = new Set([start]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { value: next } = top.needs.next();
      if (next === undefined) {
        done.add(top.name);
        onPath.delete(top.name);
        path.pop();
      } else if (onPath.has(next)) {
        const names = path.map(({ name }) => name);
        return [...names.slice(names.indexOf(next)), next];
      } else if (!done.has(next)) {
        path.push({ name: next, needs: neededIn(tasks, next).values() });
        onPath.add(next);
      }
    }
  }
  return undefined;
}
