/** The best-known trap of such languages: two branches of which always one is skipped, and what needs both. */
import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { conditionSource } from '../expressions/expression.ts';
import { gatherBits, type Bits } from '../model/ancestry.ts';
import { needsOf } from '../model/graph.ts';
import { tasksOfLevel, walkLevels } from '../model/walk-tasks.ts';
import type { Task, Tasks } from '../model/types.ts';

/** A condition as it is compared: without blanks and brackets. */
function plain(when: string): string {
  return conditionSource(when).replaceAll(/[\s()]/g, '');
}

/** The conditions of a group of which the opposite is one, too: each with its number, two opposites one after the other. */
function opposites(tasks: Tasks): ReadonlyMap<string, number> {
  const conditions = new Set(
    Object.values(tasks).flatMap(({ when }) => (when === undefined ? [] : plain(when))),
  );
  const numbers = new Map<string, number>();
  for (const condition of conditions) {
    if (!conditions.has(`!${condition}`) || numbers.has(condition)) continue;
    numbers.set(condition, numbers.size);
    numbers.set(`!${condition}`, numbers.size);
  }
  return numbers;
}

/** Whether it is skipped as soon as one of what it needs is. */
function isSkippedWithNeeds({ run = 'allSucceeded' }: Task): boolean {
  return run === 'allSucceeded';
}

/** Warning `NEVER_JOINED`: a task runs only if one condition holds and its opposite does; not those behind it. */
export function* warnOfJoins({ definition }: Subject): Generator<Found> {
  for (const level of walkLevels(definition)) {
    const numbers = opposites(level.tasks);
    if (numbers.size === 0) continue;
    const held = gatherBits(
      level.tasks,
      numbers.size,
      (name, row) => {
        const { when } = level.tasks[name] ?? {};
        const number = when === undefined ? undefined : numbers.get(plain(when));
        if (number !== undefined) row.add(number);
      },
      isSkippedWithNeeds,
    );
    const holdsBoth = (row: Bits | undefined): boolean =>
      row !== undefined &&
      Array.from({ length: numbers.size / 2 }, (_, pair) => 2 * pair).some(
        (number) => row.has(number) && row.has(number + 1),
      );
    for (const { name, task, at } of tasksOfLevel(level)) {
      if (!isSkippedWithNeeds(task) || !holdsBoth(held.get(name))) continue;
      if (needsOf(task).some((needed) => holdsBoth(held.get(needed)))) continue;
      const message = `Task '${name}' never runs: of the conditions on the way to it two are opposites.`;
      const advice = "Join alternatives with 'run: noneFailedMinOneSucceeded'.";
      yield { code: 'NEVER_JOINED', message, advice, at: [...at, 'needs'] };
    }
  }
}
