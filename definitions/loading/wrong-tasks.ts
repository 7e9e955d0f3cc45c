/** Of a large document with mistakes only what is wrong, so that finding all of them costs no more than the document is long. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { isFields } from '../documents/fields.ts';
import type { JsonSchema, Value } from '../model/types.ts';

/** Smaller maps of tasks are left as they are: Ajv copies all errors so far for each task that has one. */
const SMALL = 100;
/** Wrong tasks of one group that are looked at. */
const MOST = 501;

let isTask: ValidateFunction | undefined;

/**
 * The same document with at most 501 tasks of each large group, the first wrong ones; the document itself if it has no
 * large group.
 *
 * @param schema of definitions.
 */
export function onlyWrongTasks(value: Value, schema: JsonSchema): Value {
  const levels = isFields<Value>(value) ? [value['tasks'], value['finally']] : [];
  if (!levels.some(hasLarge)) return value;
  isTask ??= new Ajv2020({ strict: false, validateSchema: false }).compile({
    $ref: '#/$defs/task',
    $defs: schema['$defs'],
  });
  return prune(value, ['tasks', 'finally'], isTask);
}

function hasLarge(tasks: Value | undefined): boolean {
  if (!isFields<Value>(tasks)) return false;
  const parts = Object.values(tasks);
  return parts.length > SMALL || parts.some(holdsLarge);
}

function holdsLarge(task: Value): boolean {
  if (!isFields<Value>(task)) return false;
  const handler = task['catch'];
  return hasLarge(task['tasks']) || (isFields<Value>(handler) && hasLarge(handler['tasks']));
}

function prune(owner: Value, keys: readonly string[], isRight: ValidateFunction): Value {
  if (!isFields<Value>(owner)) return owner;
  const parts = keys.flatMap((key): [string, Value][] => {
    const tasks = owner[key];
    if (!isFields<Value>(tasks)) return [];
    return [[key, pruneTasks(tasks, isRight)]];
  });
  return { ...owner, ...Object.fromEntries(parts) };
}

function pruneTask(task: Value, isRight: ValidateFunction): Value {
  const pruned = prune(task, ['tasks'], isRight);
  if (!isFields<Value>(pruned) || !isFields<Value>(pruned['catch'])) return pruned;
  return { ...pruned, catch: prune(pruned['catch'], ['tasks'], isRight) };
}

function pruneTasks(tasks: { readonly [name: string]: Value }, isRight: ValidateFunction): Value {
  const entries = Object.entries(tasks);
  const kept: [string, Value][] = [];
  for (const [name, task] of entries) {
    // One must stay: none at all would be a mistake of its own.
    if (entries.length > SMALL && kept.length > 0 && isRight(task)) continue;
    if (kept.push([name, pruneTask(task, isRight)]) === MOST) break;
  }
  return Object.fromEntries(kept);
}
