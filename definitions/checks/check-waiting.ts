/** Checks of what waits: for an operator, for a time, and in `finally`. */
import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { isGroup, isWait } from '../model/task-kind.ts';
import { parseTimestamp } from '../model/timestamp.ts';
import { hasExpression } from '../model/walk-json.ts';
import { walkTasks, type PlacedTask } from '../model/walk-tasks.ts';

function* checkHold({ name, task, at, level }: PlacedTask): Generator<Found> {
  if (task.onFailure !== 'hold') return;
  const place = [...at, 'onFailure'];
  if (isGroup(task)) {
    const message = `Task '${name}' is a group, which cannot be held.`;
    const advice = "Give 'onFailure: hold' to the tasks of the group: each is then retried by itself.";
    yield { code: 'HOLD_ON_GROUP', message, advice, at: place };
  } else if (level.isLast) {
    const message = `Task '${name}' could keep a run that is cancelled from ever ending.`;
    const advice = "In 'finally', choose 'fail' or 'continue'.";
    yield { code: 'ENDLESS_FINALLY', message, advice, at: place };
  }
}

function* checkWait({ name, task, at, level }: PlacedTask): Generator<Found> {
  if (!isWait(task)) return;
  const { wait } = task;
  const people = 'approval' in wait ? wait.approval : 'labels' in wait ? wait.labels : undefined;
  if (people !== undefined && people.timeout === undefined && level.isLast) {
    const message = `Task '${name}' could keep a run that is cancelled from ever ending.`;
    const what = 'approval' in wait ? 'approval' : 'labels';
    const advice = `In 'finally', give '${what}' a timeout and a default.`;
    yield { code: 'ENDLESS_FINALLY', message, advice, at: [...at, 'wait', what] };
  }
  if ('until' in wait && !hasExpression(wait.until) && parseTimestamp(wait.until) === undefined) {
    const message = `'${wait.until}' is no time with a zone.`;
    const advice = 'Write one such as 2027-01-31T08:00:00+01:00, or an expression whose value is one.';
    yield { code: 'BAD_TIMESTAMP', message, advice, at: [...at, 'wait', 'until'] };
  }
}

/** Problems `HOLD_ON_GROUP`, `BAD_TIMESTAMP`, and `ENDLESS_FINALLY`. */
export function* checkWaiting({ definition }: Subject): Generator<Found> {
  for (const placed of walkTasks(definition)) {
    yield* checkHold(placed);
    yield* checkWait(placed);
  }
}
