/** Checks of the names a definition takes from elsewhere: its file, activities, task queues. */
import type { Finding, Path, SourceDocument } from './document.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Problem } from './problem.ts';
import type { ActivityCatalogue, Definition, TaskOptions, Tasks } from './types.ts';

/** What a definition may refer to. */
export interface CheckContext {
  readonly catalogue: ActivityCatalogue;
  /** Names of the task queues in `configs/queues.yaml`; left out, they are not checked. */
  readonly queues?: Iterable<string>;
}

function* checkQueue(
  options: TaskOptions,
  path: Path,
  document: SourceDocument,
  queues: readonly string[] | undefined,
): Generator<Problem> {
  const { taskQueue } = options;
  if (taskQueue === undefined || queues === undefined || queues.includes(taskQueue)) return;
  const message = `There is no task queue '${taskQueue}' in configs/queues.yaml.`;
  const finding = { code: 'UNKNOWN_TASK_QUEUE', message, advice: didYouMean(taskQueue, queues) };
  yield document.problem(finding, [...path, 'taskQueue']);
}

function* checkTasks(
  tasks: Tasks,
  path: Path,
  document: SourceDocument,
  catalogue: ActivityCatalogue,
  queues: readonly string[] | undefined,
): Generator<Problem> {
  for (const [name, task] of Object.entries(tasks)) {
    yield* checkQueue(task, [...path, name], document, queues);
    if ('tasks' in task) yield* checkTasks(task.tasks, [...path, name, 'tasks'], document, catalogue, queues);
    else if ('activity' in task && task.activity !== '' && !catalogue.has(task.activity)) {
      const message = `There is no activity '${task.activity}'.`;
      const finding: Finding = {
        code: 'UNKNOWN_ACTIVITY',
        message,
        advice: didYouMean(task.activity, catalogue.keys()),
      };
      yield document.problem(finding, [...path, name, 'activity']);
    }
  }
}

/** Problems `NAME_DIFFERS_FROM_FILE`, `UNKNOWN_ACTIVITY` and `UNKNOWN_TASK_QUEUE`. */
export function* checkTargets(
  definition: Definition,
  document: SourceDocument,
  context: CheckContext,
): Generator<Problem> {
  const fileName = document.file
    .split(/[\\/]/)
    .at(-1)
    ?.replace(/\.ya?ml$/, '');
  if (definition.name !== '' && fileName !== definition.name) {
    const message = `The definition is named '${definition.name}', its file '${fileName}'.`;
    const advice = `Name the definition '${fileName}', or the file '${definition.name}.yaml'.`;
    yield document.problem({ code: 'NAME_DIFFERS_FROM_FILE', message, advice }, ['name']);
  }
  const queues = context.queues === undefined ? undefined : [...context.queues];
  yield* checkQueue(definition.defaults ?? {}, ['defaults'], document, queues);
  yield* checkTasks(definition.tasks, ['tasks'], document, context.catalogue, queues);
  yield* checkTasks(definition.finally ?? {}, ['finally'], document, context.catalogue, queues);
}
