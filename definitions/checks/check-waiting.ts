/** Checks of what waits: for an operator, for a time, and in `finally`. */
import type { SourceDocument } from '../documents/document.ts';
import type { Path } from '../model/walk-json.ts';
import type { Problem } from '../documents/problem.ts';
import { parseTimestamp } from '../model/timestamp.ts';
import type { Definition, Task, Tasks } from '../model/types.ts';

/** The problem of one task, and under which of its keys. */
function* checkTask(
  name: string,
  task: Task,
  isLast: boolean,
): Generator<{
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  readonly at: Path;
}> {
  if (task.onFailure === 'hold' && 'tasks' in task) {
    const message = `Task '${name}' is a group, which cannot be held.`;
    const advice = "Give 'onFailure: hold' to the tasks of the group: each is then retried by itself.";
    yield { code: 'HOLD_ON_GROUP', message, advice, at: ['onFailure'] };
  } else if (task.onFailure === 'hold' && isLast) {
    const message = `Task '${name}' could keep a run that is cancelled from ever ending.`;
    const advice = "In 'finally', choose 'fail' or 'continue'.";
    yield { code: 'ENDLESS_FINALLY', message, advice, at: ['onFailure'] };
  }
  if (!('wait' in task)) return;
  const { wait } = task;
  if ('approval' in wait && wait.approval.timeout === undefined && isLast) {
    const message = `Task '${name}' could keep a run that is cancelled from ever ending.`;
    const advice = "In 'finally', give the approval a timeout and a default.";
    yield { code: 'ENDLESS_FINALLY', message, advice, at: ['wait', 'approval'] };
  }
  if ('until' in wait && !wait.until.includes('${') && parseTimestamp(wait.until) === undefined) {
    const message = `'${wait.until}' is no time with a zone.`;
    const advice = 'Write one such as 2027-01-31T08:00:00+01:00, or an expression whose value is one.';
    yield { code: 'BAD_TIMESTAMP', message, advice, at: ['wait', 'until'] };
  }
}

function* checkTasks(
  tasks: Tasks,
  path: Path,
  isLast: boolean,
  document: SourceDocument,
): Generator<Problem> {
  for (const [name, task] of Object.entries(tasks)) {
    for (const { at, ...finding } of checkTask(name, task, isLast))
      yield document.problem(finding, [...path, name, ...at]);
    if ('tasks' in task) yield* checkTasks(task.tasks, [...path, name, 'tasks'], isLast, document);
  }
}

/** Problems `HOLD_ON_GROUP`, `BAD_TIMESTAMP`, `ENDLESS_FINALLY`, and `DUPLICATE_TASK` of `finally`. */
export function* checkWaiting(definition: Definition, document: SourceDocument): Generator<Problem> {
  yield* checkTasks(definition.tasks, ['tasks'], false, document);
  const { finally: last = {} } = definition;
  yield* checkTasks(last, ['finally'], true, document);
  for (const name of Object.keys(last)) {
    if (!Object.hasOwn(definition.tasks, name)) continue;
    const message = `There is a task '${name}' in 'tasks' already.`;
    yield document.problem(
      { code: 'DUPLICATE_TASK', message, advice: 'Give one of them another name.' },
      ['finally', name],
      'key',
    );
  }
}
