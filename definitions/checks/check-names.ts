/** Names that an expression cannot be written with. */
import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { isGroup } from '../model/task-kind.ts';
import type { Tasks } from '../model/types.ts';
import { walkTasks } from '../model/walk-tasks.ts';
import type { Path } from '../model/walk-json.ts';

/** Words of CEL after a dot, too: `tasks.in` is no expression. */
const WORDS: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);
/** Words that no name of its own may be: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax. */
const RESERVED_WORDS: ReadonlySet<string> = new Set(
  'in true false null as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

function reserved(name: string, what: string, at: Path, place: 'key' | 'value'): Found {
  const message = `${what} cannot be named '${name}': that is a word of CEL, and no expression could refer to it.`;
  return { code: 'RESERVED_NAME', message, advice: 'Choose another name.', at, place };
}

/** Tasks that have their paths in common with others, and so must have names of their own. */
function* checkTwice(tasks: Tasks, others: Tasks, at: Path): Generator<Found> {
  for (const name of Object.keys(others)) {
    if (!Object.hasOwn(tasks, name)) continue;
    const message = `There is a task '${name}' in 'tasks' already.`;
    const advice = 'Give one of them another name.';
    yield { code: 'DUPLICATE_TASK', message, advice, at: [...at, name], place: 'key' };
  }
}

/** Problems `RESERVED_NAME` of tasks, params and the items of `forEach`, and `DUPLICATE_TASK` of `finally` and `catch`. */
export function* checkNames({ definition }: Subject): Generator<Found> {
  yield* checkTwice(definition.tasks, definition.finally ?? {}, ['finally']);
  for (const name of Object.keys(definition.params ?? {}))
    if (WORDS.has(name)) yield reserved(name, 'The param', ['params', name], 'key');
  for (const { name, task, at } of walkTasks(definition)) {
    if (WORDS.has(name)) yield reserved(name, 'The task', at, 'key');
    if (isGroup(task) && task.catch !== undefined)
      yield* checkTwice(task.tasks, task.catch.tasks, [...at, 'catch', 'tasks']);
    const { as: item, index } = task.forEach ?? {};
    if (item !== undefined && RESERVED_WORDS.has(item))
      yield reserved(item, 'The item', [...at, 'forEach', 'as'], 'value');
    if (index !== undefined && RESERVED_WORDS.has(index))
      yield reserved(index, 'The index', [...at, 'forEach', 'index'], 'value');
  }
}
