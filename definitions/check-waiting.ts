/** Checks of what may wait for an operator. */
import type { Path, SourceDocument } from './document.ts';
import type { Problem } from './problem.ts';
import type { Tasks } from './types.ts';

/** Problems `HOLD_ON_GROUP`, in groups at any depth. */
export function* checkWaiting(tasks: Tasks, path: Path, document: SourceDocument): Generator<Problem> {
  for (const [name, task] of Object.entries(tasks)) {
    if (!('tasks' in task)) continue;
    if (task.onFailure === 'hold') {
      const message = `Task '${name}' is a group, which cannot be held.`;
      const advice = "Give 'onFailure: hold' to the tasks of the group: each is then retried by itself.";
      yield document.problem({ code: 'HOLD_ON_GROUP', message, advice }, [...path, name, 'onFailure']);
    }
    yield* checkWaiting(task.tasks, [...path, name, 'tasks'], document);
  }
}
