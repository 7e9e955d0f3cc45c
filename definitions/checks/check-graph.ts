/** Checks of `needs`: tasks that are not there, tasks that need themselves, cycles. */
import type { SourceDocument } from '../documents/document.ts';
import type { Path } from '../model/walk-json.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { findCycle } from '../model/graph.ts';
import type { Problem } from '../documents/problem.ts';
import type { Tasks } from '../model/types.ts';

function* checkNeeds(tasks: Tasks, name: string, path: Path, document: SourceDocument): Generator<Problem> {
  const needs = tasks[name]?.needs ?? [];
  for (const [index, needed] of needs.entries()) {
    if (needed === '') continue;
    if (needed === name) {
      const message = `Task '${name}' needs itself.`;
      yield document.problem({ code: 'NEEDS_ITSELF', message, advice: 'Remove it from needs.' }, [
        ...path,
        'needs',
        index,
      ]);
    } else if (!Object.hasOwn(tasks, needed)) {
      const others = Object.keys(tasks).filter((other) => other !== name);
      const message = `Task '${name}' needs '${needed}', which is no task of the same group.`;
      yield document.problem({ code: 'UNKNOWN_TASK', message, advice: adviseOnNeed(needed, others) }, [
        ...path,
        'needs',
        index,
      ]);
    }
  }
}

function adviseOnNeed(needed: string, others: readonly string[]): string {
  const [group = ''] = needed.split('.');
  if (group === needed || !others.includes(group)) return didYouMean(needed, others);
  return `Write '${group}': a group is needed as a whole, and its tasks only by one another.`;
}

/** Problems `UNKNOWN_TASK`, `NEEDS_ITSELF` and `CYCLE` (one of each group), in groups at any depth. */
export function* checkGraph(tasks: Tasks, path: Path, document: SourceDocument): Generator<Problem> {
  for (const name of Object.keys(tasks)) yield* checkNeeds(tasks, name, [...path, name], document);
  const others = Object.entries(tasks).map(([name, task]) => {
    const needs = (task.needs ?? []).filter((needed) => needed !== name);
    return [name, { ...task, needs }] as const;
  });
  const [first, second, ...rest] = findCycle(Object.fromEntries(others)) ?? [];
  if (first !== undefined && second !== undefined) {
    const message = `Tasks need each other in a cycle: ${[first, second, ...rest].join(' → ')}.`;
    const advice = 'Remove one of these needs.';
    const index = tasks[first]?.needs?.indexOf(second) ?? 0;
    yield document.problem({ code: 'CYCLE', message, advice }, [...path, first, 'needs', index]);
  }
  for (const [name, task] of Object.entries(tasks))
    if ('tasks' in task) yield* checkGraph(task.tasks, [...path, name, 'tasks'], document);
}
