/** What the tests need to hold an interpreter's run against the model. */
import type { Value } from '../../definitions/model/types.ts';
import type { TaskStatus } from '../../workflows/messages.ts';
import type { Ended } from './join-table.ts';
import type { ActivityEnd } from './people.ts';

/** What `work` does in this attempt (from 1): fails as often as `failures` says, then gives its input back. */
export function endOf(input: Value, attempt: number): ActivityEnd {
  const { failures = 0 } = input as { failures?: number };
  return attempt <= failures ? { error: 'PLAYED' } : { value: input };
}

/** The words of error messages, and who answered an approval, are nobody's concern here. */
export function withoutMessages(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (key, field) =>
    ['message', 'by', 'note'].includes(key) ? undefined : field,
  );
}

/** How many instances of each task of the definition have ended in which way, as `a1.b2 failed`. */
export function countsOf(tasks: readonly TaskStatus[]): Map<string, number> {
  const counts = tasks.flatMap((task) => [
    ...Object.entries(task.counts).map(([state, count]): [string, number] => [
      `${task.path} ${state}`,
      count,
    ]),
    ...countsOf(task.tasks ?? []),
  ]);
  return new Map(counts.filter(([key, count]) => count > 0 && !key.endsWith(' pending')));
}

/** A `forEach` counts as its items, unless it has none. */
function instancesOf(ended: ReadonlyMap<string, Ended>): [string, Ended][] {
  return [...ended].filter(([path]) => !ended.has(`${path}[0]`));
}

export function countsOfModel(ended: ReadonlyMap<string, Ended>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [path, { outcome }] of instancesOf(ended)) {
    const key = `${path.replaceAll(/\[\d+\]|@\d+/g, '')} ${outcome}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
