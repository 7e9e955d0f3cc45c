/** Checks of the options that go with some tasks only: those of attempts, `cache`, `priority` and fairness. */
import { whyNotCacheable } from '../model/cacheable.ts';
import type { CheckContext } from './check-targets.ts';
import type { SourceDocument } from '../documents/document.ts';
import type { Path } from '../model/walk-json.ts';
import { isFairnessKey } from '../model/fairness-key.ts';
import type { Problem } from '../documents/problem.ts';
import type { ActivityCatalogue, Definition, Task, TaskOptions, Tasks } from '../model/types.ts';
import { hasExpression } from '../typing/value-checker.ts';

/** Options of an activity's attempts. */
const ATTEMPT_KEYS = [
  'taskQueue',
  'retry',
  'timeout',
  'heartbeat',
  'scheduleToStart',
  'scheduleToClose',
] as const;
const PRIORITY_KEYS = ['priority', 'fairnessKey', 'fairnessWeight'] as const;

function* checkCache(
  name: string,
  task: Task,
  path: Path,
  document: SourceDocument,
  catalogue: ActivityCatalogue,
): Generator<Problem> {
  if (task.cache === undefined || task.cache === false) return;
  const code = 'NOT_CACHEABLE';
  if (!('activity' in task)) {
    const message = `Task '${name}' is no activity: there is nothing of its own to cache.`;
    const advice = "Give 'cache' to the activities inside it, or in its definition.";
    yield document.problem({ code, message, advice }, [...path, 'cache'], 'key');
    return;
  }
  const contract = catalogue.get(task.activity);
  const reason = contract === undefined ? undefined : whyNotCacheable(contract);
  if (reason === undefined) return;
  const message = `The activity '${task.activity}' cannot be cached: ${reason}.`;
  yield document.problem({ code, message, advice: "Remove 'cache'." }, [...path, 'cache'], 'key');
}

function* checkFairness(
  { fairnessKey }: TaskOptions,
  path: Path,
  document: SourceDocument,
): Generator<Problem> {
  if (fairnessKey === undefined || hasExpression(fairnessKey) || isFairnessKey(fairnessKey)) return;
  const message = `The fairness key is longer than 64 bytes.`;
  const finding = { code: 'BAD_FAIRNESS_KEY', message, advice: 'Shorten it.' };
  yield document.problem(finding, [...path, 'fairnessKey']);
}

/** Options that would change nothing, since the task itself asks nothing of a worker. */
function* checkMisplaced(
  task: Exclude<Task, { readonly activity: string }>,
  path: Path,
  document: SourceDocument,
): Generator<Problem> {
  const isWorkflow = 'workflow' in task;
  for (const key of isWorkflow ? ATTEMPT_KEYS : [...ATTEMPT_KEYS, ...PRIORITY_KEYS]) {
    if (task[key] === undefined) continue;
    const kind = isWorkflow ? 'a run of its own' : 'tasks' in task ? 'a group' : 'a wait';
    const message = `'${key}' goes with an activity; task '${path.at(-1)}' is ${kind}.`;
    const place = isWorkflow ? 'the tasks of its definition' : 'the tasks that wait for a worker';
    const advice = `Give '${key}' to ${place}, or to 'defaults'.`;
    yield document.problem({ code: 'UNKNOWN_KEY', message, advice }, [...path, key], 'key');
  }
}

function* checkTasks(
  tasks: Tasks,
  path: Path,
  document: SourceDocument,
  catalogue: ActivityCatalogue,
): Generator<Problem> {
  for (const [name, task] of Object.entries(tasks)) {
    const at = [...path, name];
    yield* checkCache(name, task, at, document, catalogue);
    yield* checkFairness(task, at, document);
    if ('activity' in task) continue;
    yield* checkMisplaced(task, at, document);
    if ('tasks' in task) yield* checkTasks(task.tasks, [...at, 'tasks'], document, catalogue);
  }
}

/** Problems `NOT_CACHEABLE`, `BAD_FAIRNESS_KEY`, and `UNKNOWN_KEY` for options where nothing waits for a worker. */
export function* checkOptions(
  definition: Definition,
  document: SourceDocument,
  { catalogue }: CheckContext,
): Generator<Problem> {
  yield* checkFairness(definition.defaults ?? {}, ['defaults'], document);
  yield* checkTasks(definition.tasks, ['tasks'], document, catalogue);
  yield* checkTasks(definition.finally ?? {}, ['finally'], document, catalogue);
}
