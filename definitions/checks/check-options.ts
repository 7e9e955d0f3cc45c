/** Checks of the keys that go with some tasks only: `with`, the options of attempts, `cache`, `priority` and fairness. */
import { whyNotCacheable } from '../model/cacheable.ts';
import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { isFairnessKey } from '../model/fairness-key.ts';
import { isActivity, kindOf } from '../model/task-kind.ts';
import type { ActivityCatalogue, TaskOptions } from '../model/types.ts';
import { hasExpression, type Path } from '../model/walk-json.ts';
import { walkTasks, type PlacedTask } from '../model/walk-tasks.ts';

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
const KIND_NAMES = {
  workflow: 'a run of its own',
  group: 'a group',
  wait: 'a wait',
  fail: 'a failure',
} as const;

function* checkCache({ name, task, at }: PlacedTask, catalogue: ActivityCatalogue): Generator<Found> {
  if (task.cache === undefined || task.cache === false) return;
  const found = { code: 'NOT_CACHEABLE', at: [...at, 'cache'], place: 'key' } as const;
  if (!isActivity(task)) {
    const message = `Task '${name}' is no activity: there is nothing of its own to cache.`;
    yield {
      ...found,
      message,
      advice: "Give 'cache' to the activities inside it, or in its definition.",
    };
    return;
  }
  const contract = catalogue.get(task.activity);
  const reason = contract === undefined ? undefined : whyNotCacheable(contract);
  if (reason === undefined) return;
  const message = `The activity '${task.activity}' cannot be cached: ${reason}.`;
  yield { ...found, message, advice: "Remove 'cache'." };
}

function* checkFairness({ fairnessKey }: TaskOptions, at: Path): Generator<Found> {
  if (fairnessKey === undefined || hasExpression(fairnessKey) || isFairnessKey(fairnessKey)) return;
  const message = `The fairness key is longer than 64 bytes.`;
  yield { code: 'BAD_FAIRNESS_KEY', message, advice: 'Shorten it.', at: [...at, 'fairnessKey'] };
}

/** Keys that would change nothing, since the task itself asks nothing of a worker. */
function* checkMisplaced({ name, task, at }: PlacedTask): Generator<Found> {
  const kind = kindOf(task);
  if (kind === 'activity') return;
  const isWorkflow = kind === 'workflow';
  if (!isWorkflow && Object.hasOwn(task, 'with')) {
    const message = "'with' goes with 'activity' or 'workflow', which is not there.";
    const advice = "Remove 'with': the tasks of a group take from params and tasks what they need.";
    yield { code: 'UNKNOWN_KEY', message, advice, at: [...at, 'with'], place: 'key' };
  }
  for (const key of isWorkflow ? ATTEMPT_KEYS : [...ATTEMPT_KEYS, ...PRIORITY_KEYS]) {
    if (task[key] === undefined) continue;
    const message = `'${key}' goes with an activity; task '${name}' is ${KIND_NAMES[kind]}.`;
    const place = isWorkflow ? 'the tasks of its definition' : 'the tasks that wait for a worker';
    const advice = `Give '${key}' to ${place}, or to 'defaults'.`;
    yield { code: 'UNKNOWN_KEY', message, advice, at: [...at, key], place: 'key' };
  }
}

/** Problems `NOT_CACHEABLE`, `BAD_FAIRNESS_KEY`, and `UNKNOWN_KEY` for keys that the kind of task has no use for. */
export function* checkOptions({ definition, context }: Subject): Generator<Found> {
  yield* checkFairness(definition.defaults ?? {}, ['defaults']);
  for (const placed of walkTasks(definition)) {
    yield* checkCache(placed, context.catalogue);
    yield* checkFairness(placed.task, placed.at);
    yield* checkMisplaced(placed);
  }
}
