/** The bounds that are looked at before all else: what is beyond them is not checked any further. */
import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { walkLevels } from '../model/walk-tasks.ts';

/** Most tasks of one group; the schema says the same. */
export const MAX_TASKS = 10_000;
/** Most params, and characters of their schemas as JSON: compiling them costs much more than reading them. */
export const MAX_PARAMS = 500;
const MAX_PARAM_CHARS = 100_000;

/** Problem `OUT_OF_RANGE` of groups and params. */
export function* checkSize({ definition }: Pick<Subject, 'definition'>): Generator<Found> {
  for (const { tasks, at } of walkLevels(definition)) {
    const count = Object.keys(tasks).length;
    if (count <= MAX_TASKS) continue;
    const message = `There are ${count} tasks in one group.`;
    const advice = `${MAX_TASKS} are the most: make several groups of them, or one task with forEach.`;
    yield { code: 'OUT_OF_RANGE', message, advice, at, place: 'key' };
  }
  const count = Object.keys(definition.params ?? {}).length;
  if (count > MAX_PARAMS) {
    const message = `There are ${count} params.`;
    const advice = `${MAX_PARAMS} are the most: make a map of those that go together.`;
    yield { code: 'OUT_OF_RANGE', message, advice, at: ['params'], place: 'key' };
  }
  const chars = JSON.stringify(definition.params ?? {}).length;
  if (chars <= MAX_PARAM_CHARS) return;
  const message = `The params have ${chars} characters as JSON.`;
  const advice = `${MAX_PARAM_CHARS} are the most: let an activity read large values from a file.`;
  yield { code: 'OUT_OF_RANGE', message, advice, at: ['params'], place: 'key' };
}
