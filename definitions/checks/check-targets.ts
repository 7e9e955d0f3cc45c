/** Checks of the names a definition takes from elsewhere: activities and task queues. */
import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import type { CheckContext } from '../model/check-context.ts';
import { isActivity } from '../model/task-kind.ts';
import type { TaskOptions } from '../model/types.ts';
import type { Path } from '../model/walk-json.ts';
import { walkTasks } from '../model/walk-tasks.ts';

function* checkQueue({ taskQueue }: TaskOptions, at: Path, { queues }: CheckContext): Generator<Found> {
  if (taskQueue === undefined || queues === undefined || queues.includes(taskQueue)) return;
  const message = `There is no task queue '${taskQueue}' in configs/queues.yaml.`;
  const advice = didYouMean(taskQueue, queues);
  yield { code: 'UNKNOWN_TASK_QUEUE', message, advice, at: [...at, 'taskQueue'] };
}

/** By what other languages call it: what runs a program is `command` here. */
function adviseOnActivity(name: string, { catalogue, definitionNames }: CheckContext): string {
  if (definitionNames?.includes(name) === true)
    return `'${name}' is a definition: write 'workflow: ${name}'.`;
  if (/^(shell|script|bash|sh|exec|run|program|python|docker)$/i.test(name) && catalogue.has('command'))
    return "A program is run by 'command', such as with: { command: [python3, score.py] }.";
  return didYouMean(name, catalogue.keys());
}

/** Problems `UNKNOWN_ACTIVITY` and `UNKNOWN_TASK_QUEUE`. */
export function* checkTargets({ definition, context }: Subject): Generator<Found> {
  yield* checkQueue(definition.defaults ?? {}, ['defaults'], context);
  for (const { task, at } of walkTasks(definition)) {
    yield* checkQueue(task, at, context);
    if (!isActivity(task) || task.activity === '' || context.catalogue.has(task.activity)) continue;
    const message = `There is no activity '${task.activity}'.`;
    const advice = adviseOnActivity(task.activity, context);
    yield { code: 'UNKNOWN_ACTIVITY', message, advice, at: [...at, 'activity'] };
  }
}
