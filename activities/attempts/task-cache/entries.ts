/**
 * What is kept of tasks, and what was decided about them. Durable: later versions read it.
 * - entries: `data/cache/tasks/entries/<activity>/<key>.json`
 * - decisions: `data/cache/tasks/decisions/<task>/<run>.json`
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Value } from '../../../definitions/model/types.ts';
import { parseJson } from '../../inference/json-value.ts';
import { isMissing, writeAtomically } from '../../store/atomic-write.ts';
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

const ENTRIES = join('data', 'cache', 'tasks', 'entries');
const DECISIONS = join('data', 'cache', 'tasks', 'decisions');

export async function readEntry(root: string, activity: string, id: string): Promise<CacheEntry | undefined> {
  return readRecord<CacheEntry>(join(root, ENTRIES, activity, `${id}.json`));
}

/** Of two at once the last one counts; both have the same key. */
export async function writeEntry(root: string, id: string, entry: CacheEntry): Promise<void> {
  await writeRecord(join(root, ENTRIES, entry.key.activity, `${id}.json`), entry);
}

/** All successes of an activity that are kept, in no order. */
export async function listEntries(root: string, activity: string): Promise<readonly CacheEntry[]> {
  return readAll<CacheEntry>(join(root, ENTRIES, activity));
}

export async function writeDecision(root: string, decision: CacheDecision): Promise<void> {
  const folder = join(root, DECISIONS, fileNameOf(decision.task));
  await writeRecord(join(folder, `${fileNameOf(decision.run)}.json`), decision);
}

/** What was decided about a task instance, in every run that asked, in no order. */
export async function listDecisions(root: string, task: string): Promise<readonly CacheDecision[]> {
  return readAll<CacheDecision>(join(root, DECISIONS, fileNameOf(task)));
}

/** Paths of the task instances about which something was decided; the longest ones are cut. */
export async function listDecidedTasks(root: string): Promise<readonly string[]> {
  return (await namesIn(join(root, DECISIONS))).map((name) => decodeURIComponent(name)).toSorted();
}

/**
 * Forgets the outputs that were kept; the files they stand for stay.
 *
 * @param before only those kept before this time, ISO 8601.
 * @returns how many were forgotten.
 */
export async function clearEntries(root: string, before?: string): Promise<number> {
  let count = 0;
  for (const activity of await namesIn(join(root, ENTRIES))) {
    const folder = join(root, ENTRIES, activity);
    for (const name of await namesIn(folder)) {
      const path = join(folder, name);
      const entry = before === undefined ? undefined : await readRecord<CacheEntry>(path);
      if (before !== undefined && entry !== undefined && entry.at >= before) continue;
      await rm(path, { force: true });
      count += 1;
    }
  }
  return count;
}

async function writeRecord(path: string, record: CacheEntry | CacheDecision): Promise<void> {
  await writeAtomically(path, (temporary) => writeFile(temporary, `${JSON.stringify(record)}\n`));
}

async function readAll<T>(folder: string): Promise<readonly T[]> {
  const records: T[] = [];
  for (const name of await namesIn(folder)) {
    const record = await readRecord<T>(join(folder, name));
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** What this module wrote; undefined for a file that is not there or was damaged. */
async function readRecord<T>(path: string): Promise<T | undefined> {
  try {
    return parseJson(await readFile(path, 'utf8')) as T | undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Without the temporary files of writers. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names.filter((name) => !name.startsWith('.'));
}
