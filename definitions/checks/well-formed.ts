/** What of a wrong document can still be understood, so that its other mistakes are found in the same go. Pure. */
import { isFields } from '../documents/fields.ts';
import type { Definition, Schedule, Task, Tasks, Value, Wait } from '../model/types.ts';

type Fields = { readonly [key: string]: Value };

/** Those of the named fields that pass. */
function pick(fields: Fields, keys: readonly string[], passes: (value: Value) => boolean): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([key, value]) => keys.includes(key) && passes(value)),
  );
}

const isText = (value: Value): boolean => typeof value === 'string';

function isSchema(entry: [string, Value]): entry is [string, { readonly [keyword: string]: Value }] {
  return isFields(entry[1]);
}

function taskOf(fields: Fields): Task {
  const handler = fields['catch'];
  if (!isFields<Value>(handler)) return workOf(fields);
  const tasks = isFields<Value>(handler['tasks']) ? tasksOf(handler['tasks']) : {};
  const others = { ...pick(handler, ['when'], isText), ...pick(handler, ['outputs'], isFields) };
  return { ...workOf(fields), catch: { ...others, tasks } };
}

function workOf(fields: Fields): Task {
  const needs = Array.isArray(fields['needs']) ? fields['needs'] : [];
  const forEach = fields['forEach'];
  const parts = {
    ...pick(fields, ['when', 'taskQueue', 'onFailure'], isText),
    // Texts only; others stay as texts no task has, so that the indexes are those of the file.
    ...(needs.length > 0 ? { needs: needs.map((need) => (typeof need === 'string' ? need : '')) } : {}),
    ...(isFields<Value>(forEach) && forEach['in'] !== undefined
      ? {
          forEach: {
            in: forEach['in'],
            ...pick(forEach, ['as', 'index', 'concurrency', 'maxFailures'], isText),
          },
        }
      : {}),
  };
  const wait = fields['wait'];
  if (isFields<Value>(wait) && fields['activity'] === undefined && fields['tasks'] === undefined)
    return { ...parts, ...pick(fields, ['with'], isFields), wait: waitOf(wait) };
  const fail = fields['fail'];
  if (isFields<Value>(fail) && fields['activity'] === undefined && fields['tasks'] === undefined) {
    const message = typeof fail['message'] === 'string' ? fail['message'] : '';
    return { ...parts, ...pick(fields, ['with'], isFields), fail: { code: '', message } };
  }
  if (typeof fields['workflow'] === 'string' && fields['activity'] === undefined)
    return { ...parts, workflow: fields['workflow'], ...pick(fields, ['with'], isFields) };
  if (typeof fields['activity'] === 'string' || !isFields<Value>(fields['tasks'])) {
    const activity = typeof fields['activity'] === 'string' ? fields['activity'] : '';
    return { ...parts, activity, ...pick(fields, ['with'], isFields) };
  }
  return { ...parts, tasks: tasksOf(fields['tasks']), ...pick(fields, ['outputs', 'with'], isFields) };
}

function waitOf({ for: duration, until, approval, labels }: Fields): Wait {
  if (typeof until === 'string') return { until };
  if (typeof duration === 'string') return { for: duration };
  const messageOf = (asked: Value | undefined): Value | undefined =>
    asked !== undefined && isFields<Value>(asked) ? asked['message'] : undefined;
  const [question, request] = [messageOf(approval), messageOf(labels)];
  if (typeof question === 'string') return { approval: { message: question } };
  return typeof request === 'string' ? { labels: { message: request } } : { for: '' };
}

function tasksOf(fields: Fields): Tasks {
  return Object.fromEntries(
    Object.entries(fields).map(([name, task]) => [name, taskOf(isFields<Value>(task) ? task : {})]),
  );
}

/** Undefined unless what it says of its times has the right types: no part of them makes sense alone. */
function scheduleOf(fields: Fields): Schedule | undefined {
  const { cron, every, timeZone } = fields;
  const isCron = Array.isArray(cron) ? cron.every(isText) : cron === undefined || isText(cron);
  const areTexts = [every, timeZone].every((one) => one === undefined || isText(one));
  if (!isCron || !areTexts) return undefined;
  return {
    ...pick(fields, ['cron', 'every', 'timeZone'], () => true),
    ...pick(fields, ['params'], isFields),
  };
}

/**
 * The definition as far as each part has the right type: wrong parts are left out, a task of no kind or of both has an
 * activity (`''` if none is named). Undefined if the document is no map.
 */
export function wellFormed(value: Value): Definition | undefined {
  if (!isFields<Value>(value)) return undefined;
  const { name, params, defaults, tasks } = value;
  const schedule = isFields<Value>(value['schedule']) ? scheduleOf(value['schedule']) : undefined;
  return {
    name: typeof name === 'string' ? name : '',
    params: isFields<Value>(params) ? Object.fromEntries(Object.entries(params).filter(isSchema)) : {},
    ...(isFields<Value>(defaults) ? { defaults: pick(defaults, ['taskQueue'], isText) } : {}),
    tasks: isFields<Value>(tasks) ? tasksOf(tasks) : {},
    ...(isFields<Value>(value['finally']) ? { finally: tasksOf(value['finally']) } : {}),
    ...(isFields<Value>(value['outputs']) ? { outputs: value['outputs'] } : {}),
    ...(schedule === undefined ? {} : { schedule }),
  };
}
