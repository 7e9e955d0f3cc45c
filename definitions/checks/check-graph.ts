/** Checks of `needs`: tasks that are not there, tasks that need themselves, cycles. */
import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { findCycle } from '../model/graph.ts';
import { tasksOfLevel, walkLevels, type PlacedTask, type TaskLevel } from '../model/walk-tasks.ts';

function* checkNeeds({ name, task, at, level }: PlacedTask): Generator<Found> {
  for (const [index, needed] of (task.needs ?? []).entries()) {
    if (needed === '') continue;
    const place = [...at, 'needs', index];
    if (needed === name) {
      const message = `Task '${name}' needs itself.`;
      yield { code: 'NEEDS_ITSELF', message, advice: 'Remove it from needs.', at: place };
    } else if (!Object.hasOwn(level.tasks, needed)) {
      const others = Object.keys(level.tasks).filter((other) => other !== name);
      const message = `Task '${name}' needs '${needed}', which is no task of the same group.`;
      yield { code: 'UNKNOWN_TASK', message, advice: adviseOnNeed(needed, others), at: place };
    }
  }
}

function adviseOnNeed(needed: string, others: readonly string[]): string {
  const [group = ''] = needed.split('.');
  if (group === needed || !others.includes(group)) return didYouMean(needed, others);
  return `Write '${group}': a group is needed as a whole, and its tasks only by one another.`;
}

function* checkCycle({ tasks, at }: TaskLevel): Generator<Found> {
  const others = Object.entries(tasks).map(([name, task]) => {
    const needs = (task.needs ?? []).filter((needed) => needed !== name);
    return [name, { ...task, needs }] as const;
  });
  const cycle = findCycle(Object.fromEntries(others));
  const [first, second] = cycle ?? [];
  if (cycle === undefined || first === undefined || second === undefined) return;
  const message = `Tasks need each other in a cycle: ${sayCycle(cycle)}.`;
  const index = tasks[first]?.needs?.indexOf(second) ?? 0;
  yield { code: 'CYCLE', message, advice: 'Remove one of these needs.', at: [...at, first, 'needs', index] };
}

/** Tasks of a cycle that are named; of a longer one the first and the last. */
const NAMED = 12;

function sayCycle(cycle: readonly string[]): string {
  const shown =
    cycle.length <= NAMED ? cycle : [...cycle.slice(0, NAMED / 2), '…', ...cycle.slice(-NAMED / 2)];
  return shown.join(' → ');
}

/** Problems `UNKNOWN_TASK`, `NEEDS_ITSELF` and `CYCLE` (one of each group). */
export function* checkGraph({ definition }: Subject): Generator<Found> {
  for (const level of walkLevels(definition)) {
    for (const task of tasksOfLevel(level)) yield* checkNeeds(task);
    yield* checkCycle(level);
  }
}
