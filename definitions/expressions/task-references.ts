/** What the expressions of a task mention, at any depth. Pure; runs inside the workflow sandbox. */
import { conditionSource, references, type References } from './expression.ts';
import type { ForEach, Task, TaskOptions, Tasks, Value } from '../model/types.ts';

/** What of a `forEach` may hold expressions. */
function boundsOf({ in: list, concurrency = 1, maxFailures = 0 }: ForEach): Value {
  return [list, concurrency, maxFailures];
}

/**
 * What one instance of a task mentions; not what decides whether and over which items it runs.
 *
 * @param defaults of the definition.
 */
export function referencesOfInstance(task: Task, { fairnessKey = '' }: TaskOptions): References {
  const found = { params: new Set<string>(), tasks: new Set<string>(), names: new Set<string>() };
  const add = (value: Value): void => {
    const { params, tasks, names } = references(value);
    for (const param of params) found.params.add(param);
    for (const name of tasks) found.tasks.add(name);
    for (const name of names) found.names.add(name);
  };
  const visitAll = (tasks: Tasks): void => {
    for (const part of Object.values(tasks)) {
      if (part.when !== undefined) add(`\${${conditionSource(part.when)}}`);
      if (part.forEach !== undefined) add(boundsOf(part.forEach));
      visit(part);
    }
  };
  const visit = (inner: Task): void => {
    add(inner.fairnessKey ?? fairnessKey);
    if (inner.repeat?.until !== undefined) add(`\${${conditionSource(inner.repeat.until)}}`);
    if ('tasks' in inner) {
      visitAll(inner.tasks);
      add(inner.outputs ?? {});
    } else if ('wait' in inner) add(inner.wait as unknown as Value);
    else if ('fail' in inner) add(inner.fail);
    else add(inner.with ?? {});
    if (inner.catch === undefined) return;
    if (inner.catch.when !== undefined) add(`\${${conditionSource(inner.catch.when)}}`);
    visitAll(inner.catch.tasks);
    add(inner.catch.outputs ?? {});
  };
  visit(task);
  return found;
}
