/** The order of tasks. Pure; runs inside the workflow sandbox. */
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
  const cycle = findCycle(tasks);
  if (cycle !== undefined) throw new RangeError(`Tasks need each other in a cycle: ${cycle.join(' → ')}`);
  const names = Object.keys(tasks);
  const position = new Map(names.map((name, index) => [name, index]));
  const missing = new Map(names.map((name) => [name, neededIn(tasks, name).length]));
  const dependents = dependentsOf(tasks);
  const order: string[] = [];
  const ready = names.filter((name) => missing.get(name) === 0);
  while (ready.length > 0) {
    const next = ready.reduce((first, name) =>
      (position.get(name) ?? 0) < (position.get(first) ?? 0) ? name : first,
    );
    ready.splice(ready.indexOf(next), 1);
    order.push(next);
    for (const dependent of dependents.get(next) ?? []) {
      const left = (missing.get(dependent) ?? 0) - 1;
      missing.set(dependent, left);
      if (left === 0) ready.push(dependent);
    }
  }
  return order;
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
    const path = [{ name: start, left: [...neededIn(tasks, start)] }];
    const onPath = new Set([start]);
    while (path.length > 0) {
      const top = path.at(-1);
      const next = top?.left.shift();
      if (top === undefined) break;
      if (next === undefined) {
        done.add(top.name);
        onPath.delete(top.name);
        path.pop();
      } else if (onPath.has(next)) {
        const names = path.map(({ name }) => name);
        return [...names.slice(names.indexOf(next)), next];
      } else if (!done.has(next)) {
        path.push({ name: next, left: [...neededIn(tasks, next)] });
        onPath.add(next);
      }
    }
  }
  return undefined;
}

/** Every task that a task needs, directly or through others. With a cycle, the task itself may be among them. */
export function ancestorsOf(tasks: Tasks, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...neededIn(tasks, name)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...neededIn(tasks, next));
  }
  return found;
}
