/**
 * What is kept of tasks, and what was decided about them. Durable: later versions read it.
 * - entries: `data/cache/tasks/entries/<activity>/<key>.json`
 * - decisions: `data/cache/tasks/decisions/<task>/<run>.json`
 */
import { parseJson } from '../../../definitions/documents/json-text.ts';
import type { Value } from '../../../definitions/model/types.ts';
import { getText, type Backend } from '../../store/backend.ts';
import { fileNameOfRun as fileNameOf } from '../../store/run-paths.ts';
import type { TaskKey } from './task-key.ts';

/** One success of a task. */
export interface CacheEntry {
  readonly key: TaskKey;
  readonly output: Value;
  /** What the output stands for; gone or changed, the entry is worth nothing. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  readonly run: string;
  readonly task: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Why a task instance of a run did its work again, or did not. */
export interface CacheDecision {
  readonly run: string;
  readonly task: string;
  readonly activity: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** `stale`: an earlier success has the key, but cannot be used. `off`: the run uses nothing that was kept. */
  readonly outcome: 'hit' | 'miss' | 'stale' | 'uncacheable' | 'off';
  /** A sentence. */
  readonly reason: string;
  /** Absent if the outcome is `uncacheable` or `off`. */
  readonly key?: TaskKey;
  /** The success whose outputs were taken. */
  readonly from?: { readonly run: string; readonly task: string; readonly at: string };
}

const ENTRIES = 'data/cache/tasks/entries';
const DECISIONS = 'data/cache/tasks/decisions';

export function readEntry(backend: Backend, activity: string, id: string): Promise<CacheEntry | undefined> {
  return readRecord<CacheEntry>(backend, `${ENTRIES}/${activity}/${id}.json`);
}

/** Of two at once the last one counts; both have the same key. */
export function writeEntry(backend: Backend, id: string, entry: CacheEntry): Promise<void> {
  return writeRecord(backend, `${ENTRIES}/${entry.key.activity}/${id}.json`, entry);
}

/** All successes of an activity that are kept, in no order. */
export function listEntries(backend: Backend, activity: string): Promise<readonly CacheEntry[]> {
  return readAll<CacheEntry>(backend, `${ENTRIES}/${activity}`);
}

export function writeDecision(backend: Backend, decision: CacheDecision): Promise<void> {
  const { task, run } = decision;
  return writeRecord(backend, `${DECISIONS}/${fileNameOf(task)}/${fileNameOf(run)}.json`, decision);
}

/** What was decided about a task instance, in every run that asked, in no order. */
export function listDecisions(backend: Backend, task: string): Promise<readonly CacheDecision[]> {
  return readAll<CacheDecision>(backend, `${DECISIONS}/${fileNameOf(task)}`);
}

/** Paths of the task instances about which something was decided; the longest ones are cut. */
export async function listDecidedTasks(backend: Backend): Promise<readonly string[]> {
  return (await foldersIn(backend, DECISIONS)).map((name) => decodeURIComponent(name)).toSorted();
}

/**
 * Forgets the outputs that were kept; the files they stand for stay.
 *
 * @param before only those kept before this time, ISO 8601.
 * @returns how many were forgotten.
 */
export async function clearEntries(backend: Backend, before?: string): Promise<number> {
  let count = 0;
  for (const activity of await foldersIn(backend, ENTRIES)) {
    for (const name of await backend.list(`${ENTRIES}/${activity}`)) {
      const key = `${ENTRIES}/${activity}/${name}`;
      const entry = before === undefined ? undefined : await readRecord<CacheEntry>(backend, key);
      if (before !== undefined && entry !== undefined && entry.at >= before) continue;
      await backend.delete(key);
      count += 1;
    }
  }
  return count;
}

function writeRecord(backend: Backend, key: string, record: CacheEntry | CacheDecision): Promise<void> {
  return backend.put(key, `${JSON.stringify(record)}\n`);
}

async function readAll<T>(backend: Backend, folder: string): Promise<readonly T[]> {
  const records: T[] = [];
  for (const name of await backend.list(folder)) {
    const record = await readRecord<T>(backend, `${folder}/${name}`);
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** What this module wrote; undefined for a file that is not there or was damaged. */
async function readRecord<T>(backend: Backend, key: string): Promise<T | undefined> {
  return parseJson((await getText(backend, key)) ?? '') as T | undefined;
}

async function foldersIn(backend: Backend, folder: string): Promise<readonly string[]> {
  const names = await backend.list(folder);
  return names.filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1));
}
