/** Tasks that would replace what another task of the run has written: parts of users' tables are one task's each. */
import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { hasExpression, type Path } from '../model/walk-json.ts';
import { DEFAULT_PART } from '../model/default-part.ts';
import { isActivity } from '../model/task-kind.ts';
import type { Task } from '../model/types.ts';
import { walkTasks, type PlacedTask } from '../model/walk-tasks.ts';

/** A task that writes a part whose name is known. */
interface Writer {
  readonly path: string;
  /** Of `into`, in the document. */
  readonly at: Path;
  readonly table: string;
  readonly part: string;
  /** Whether it runs in every run that succeeds. */
  readonly isCertain: boolean;
}

/**
 * Problems `SAME_PART`: a `forEach` whose items write one part, and two tasks that both write one. What only a run can tell, by
 * a `when`, or from an expression, is left to it.
 */
export function* checkParts({ definition, context: { catalogue } }: Subject): Generator<Found> {
  const around = new Map<string, PlacedTask>();
  const writers = new Map<string, Writer>();
  for (const placed of walkTasks(definition)) {
    around.set(placed.path, placed);
    const { task } = placed;
    if (!isActivity(task) || catalogue.get(task.activity)?.writesPart !== true) continue;
    const { into: table, part = DEFAULT_PART } = task.with ?? {};
    if (typeof table !== 'string' || typeof part !== 'string') continue;
    if (hasExpression(table) || hasExpression(part)) continue;
    const tasks = [...enclosing(placed, around)];
    const writer: Writer = {
      path: placed.path,
      at: [...placed.at, 'with', 'into'],
      table,
      part,
      isCertain: !placed.level.isCatch && tasks.every(isCertain),
    };
    const items = tasks.find((one) => one.forEach !== undefined && !hasOneItem(one));
    const key = `${placed.level.isLast ? 'finally ' : ''}${table} ${part}`;
    const other = writers.get(key);
    if (items?.forEach !== undefined) {
      const item = items.forEach.as ?? 'item';
      const message = `Every item of this forEach writes the part '${part}' of the table '${table}', and so replaces what the one before wrote.`;
      const advice = `Give each a part of its own, such as part: 'p\${ ${item} }'.`;
      yield { code: 'SAME_PART', message, advice, at: writer.at };
    } else if (other !== undefined && other.isCertain && writer.isCertain) {
      const message = `'${writer.path}' writes the part '${part}' of the table '${table}', which '${other.path}' writes too.`;
      const advice = "Name another in 'part', or another table.";
      yield { code: 'SAME_PART', message, advice, at: writer.at };
    }
    if (other?.isCertain !== true) writers.set(key, writer);
  }
}

/** A task and the groups around it. */
function* enclosing({ task, level }: PlacedTask, around: ReadonlyMap<string, PlacedTask>): Generator<Task> {
  yield task;
  const group = around.get(level.group);
  if (group !== undefined) yield* enclosing(group, around);
}

function isCertain({ when, run }: Task): boolean {
  return when === undefined && (run === undefined || ['allSucceeded', 'always', 'allSettled'].includes(run));
}

function hasOneItem({ forEach }: Task): boolean {
  return Array.isArray(forEach?.in) && forEach.in.length <= 1;
}
