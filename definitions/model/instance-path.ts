/**
 * The grammar of task instances' paths: `explore[3].score@2` is the third round of `score` for the fourth item of `explore`,
 * `each[0..500]` the first 500 items of `each`. Durable: activity ids, inputs and workflow ids hold them. Pure; runs inside
 * the workflow sandbox.
 */
import { fnv1a64 } from './fnv.ts';

/** Longest path that is used as an activity id as it is; some stores of Temporal hold no more than 255. */
const MAX_ID_CHARS = 200;
/** Characters of the id of a workflow. */
const MAX_WORKFLOW_ID_CHARS = 1_000;

/** The instance of a task in a group instance; the run itself is the group with the path `''`. */
export function taskPath(group: string, task: string): string {
  return group === '' ? task : `${group}.${task}`;
}

/** One item of a `forEach` task. */
export function itemPath(task: string, index: number): string {
  return `${task}[${index}]`;
}

/** Some items of a `forEach` task, from the first to before the one after the last. */
export function slicePath(task: string, from: number, to: number): string {
  return `${task}[${from}..${to}]`;
}

/** Which items of a `forEach` a slice has. */
export interface SlicePosition {
  /** Path of the instance of the task, e.g. `explore[3].score`. */
  readonly task: string;
  /** Index of the first item. */
  readonly from: number;
  /** Index after the last item. */
  readonly to: number;
}

/** What `slicePath` was made of; undefined for any other path. */
export function sliceOf(path: string): SlicePosition | undefined {
  const [, task, from, to] = /^(.*)\[(\d+)\.\.(\d+)\]$/.exec(path) ?? [];
  return task === undefined ? undefined : { task, from: Number(from), to: Number(to) };
}

/** Whether an instance is, or is within, one of the items of a slice. */
export function isInSlice(path: string, { task, from, to }: SlicePosition): boolean {
  if (!path.startsWith(`${task}[`)) return false;
  const index = /^\d+(?=\])/.exec(path.slice(task.length + 1))?.[0];
  return index !== undefined && Number(index) >= from && Number(index) < to;
}

/** Whether an instance is another one, or a part of it. */
export function isWithin(path: string, around: string): boolean {
  return path === around || (path.startsWith(around) && '.[@'.includes(path.charAt(around.length)));
}

/** An instance and all around it, outermost first: `a`, `a[3]`, `a[3].b` of `a[3].b`. */
export function prefixesOf(path: string): readonly string[] {
  return [...path.matchAll(/[^.[@]+|\[[^\]]*\]|@\d+/g)].map(({ index, 0: part }) =>
    path.slice(0, index + part.length),
  );
}

/** One round of a task with `repeat`. */
export function roundPath(task: string, round: number): string {
  return `${task}@${round}`;
}

/** The task of an instance, as the definition has it: `explore.score` of `explore[3].score@2`. */
export function definitionPath(instance: string): string {
  return instance.replaceAll(/\[\d+\]|@\d+/g, '');
}

/** Under which id the data of a round of a run lies: the first has the run's own, the third `<runId>.round2`. */
export function roundId(runId: string, round: number): string {
  return round === 0 ? runId : `${runId}.round${round}`;
}

/**
 * The id of the activity of a task instance: the path itself, or its first characters and a digest of the whole
 * when it is longer than 200 characters.
 */
export function activityId(path: string): string {
  return cutId(path, MAX_ID_CHARS);
}

/**
 * The workflow id of what a run starts for one of its task instances, or for a slice: `<runId>/<path>`, cut likewise where
 * it is longer than 1,000 characters, which Temporal takes at the most.
 */
export function innerRunId(runId: string, path: string): string {
  return cutId(`${runId}/${path}`, MAX_WORKFLOW_ID_CHARS);
}

function cutId(id: string, maxChars: number): string {
  if (id.length <= maxChars) return id;
  const tail = fnv1a64(id);
  return `${id.slice(0, maxChars - tail.length - 1)}~${tail}`;
}
