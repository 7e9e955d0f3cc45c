/**
 * Reuses the outputs of earlier successes of tasks. Invariants:
 * T1. Nothing is taken unless all that the output follows from has the same digest (`TaskKey`), and everything that the
 *     output stands for is there with the digest it had.
 * T2. Nothing is kept before the activity has succeeded and what it wrote is committed; an entry is written whole or not
 *     at all. Runs that have the same key at once each do the work, and the last one's entry counts.
 * T3. A run that takes an output gets files of its own, under its own partition, and references to them.
 * T4. If any part has no digest, nothing is taken or kept, and the decision says why.
 */
import type { Logger } from 'pino';
import type { Settings } from '../../../configs/settings/types.ts';
import { whyNotCacheable } from '../../../definitions/model/cacheable.ts';
import type { CacheOption, Value } from '../../../definitions/model/types.ts';
import type { Activity, CachedOutput, RunReference } from '../../activity.ts';
import { durationMs } from '../../../definitions/model/duration.ts';
import type { Backend } from '../../store/backend.ts';
import { digest } from '../../store/digest.ts';
import { ownPart } from '../../store/user-tables/own-part.ts';
import { putObject } from '../../store/records/objects.ts';
import { partOfPath } from '../../store/user-tables/user-tables.ts';
import type { LoadedCode } from './code-digests.ts';
import { readEntry, writeDecision, writeEntry, type CacheDecision, type CacheEntry } from './entries.ts';
import { readableFiles } from './readable-files.ts';
import { filesIn, moveOutput, movePath } from './references.ts';
import { digestReads, inputByContent, relevantSettings, type TaskKey } from './task-key.ts';
import { Uncacheable } from './uncacheable.ts';

/** One attempt of a task that says `cache`. */
export interface CacheableTask {
  readonly activity: Activity<never, unknown>;
  /** Whether it is one of PROSE's, not of the project's. */
  readonly isOwn: boolean;
  readonly run: RunReference;
  /** Path of the task instance. */
  readonly task: string;
  /** Checked by the activity's contract. */
  readonly input: unknown;
  readonly option: Exclude<CacheOption, false>;
  readonly settings: Settings;
  readonly log: Logger;
}

export interface TaskCache {
  /** The output of an earlier success, or what `work` resolves to, which is kept. Rejects as `work` does. */
  use(task: CacheableTask, work: () => Promise<unknown>): Promise<CachedOutput>;
}

interface Taken {
  readonly outcome: 'hit';
  readonly entry: CacheEntry;
  /** The run's own. */
  readonly output: Value;
}

interface NotTaken {
  readonly outcome: 'miss' | 'stale';
  readonly reason: string;
}

/**
 * @param root the project's folder.
 * @param backend where everything is kept, below `data/cache/tasks/`.
 * @param code the code that this process has loaded.
 */
export function createTaskCache(root: string, backend: Backend, code: LoadedCode): TaskCache {
  const readable = readableFiles(root, backend);
  /** Objects that are known to be stored, by what they were made of. */
  const stored = new Map<unknown, Promise<string>>();
  const store = (source: object, make: () => unknown): Promise<string> => {
    const known = stored.get(source) ?? putObject(backend, make());
    stored.set(source, known);
    known.catch(() => stored.delete(source));
    return known;
  };

  const storedCode = (isOwn: boolean): Promise<string> =>
    isOwn ? store(code.own, () => code.own) : store(code, () => ({ ...code.own, ...code.user }));

  async function keyOf({ activity, isOwn, input, run, settings }: CacheableTask): Promise<TaskKey> {
    const reason = whyNotCacheable(activity);
    if (reason !== undefined) throw new Uncacheable(reason);
    // Its shape was checked by the activity's schema, which is what its type stands for.
    const reads = activity.reads?.(input as never, run) ?? [];
    return {
      activity: activity.name,
      code: await storedCode(isOwn),
      input: await inputByContent(readable, input as Value),
      files: await digestReads(readable, reads, run),
      settings: await store(settings, () => relevantSettings(settings)),
      seed: run.seed,
    };
  }

  /** Writes the decision down, also in the log. Both only tell: neither may fail the task. */
  async function decide(
    { activity, run, task, log }: CacheableTask,
    decision: Pick<CacheDecision, 'outcome' | 'reason' | 'key' | 'from'>,
  ): Promise<void> {
    const { outcome, reason, from } = decision;
    log.info({ cache: outcome, ...(from && { from }) }, reason);
    const about = { run: run.runId, task, activity: activity.name, at: new Date().toISOString() };
    await writeDecision(backend, { ...about, ...decision }).catch((error: unknown) => {
      log.warn({ err: error }, 'the decision about the cache could not be written');
    });
  }

  /** Why an entry cannot be used; undefined if it can. */
  async function whyNot(entry: CacheEntry, option: CacheableTask['option']): Promise<string | undefined> {
    if (option !== true && Date.now() - Date.parse(entry.at) > durationMs(option.ttl))
      return `The success of ${entry.at} is older than ${option.ttl}.`;
    for (const { path, sha256 } of entry.files) {
      const found = await readable.digest(path);
      if (found !== sha256)
        return `${path}, which the kept outputs stand for, ${found === undefined ? 'is gone' : 'was changed'}.`;
    }
    return undefined;
  }

  /** The output of an entry as the run's own (T3); undefined if one of its files has gone meanwhile. */
  async function adopt(
    { output, files, run: from }: CacheEntry,
    to: string,
    task: string,
  ): Promise<Value | undefined> {
    for (const { path } of files) {
      const target = movePath(path, from, to);
      if (partOfPath(target) !== undefined) await ownPart(backend, target, task);
      if (target !== path && !(await backend.copy(path, target))) return undefined;
    }
    return moveOutput(output, from, to);
  }

  /** The outputs of an earlier success; else why there are none. */
  async function take({ activity, run, task, option }: CacheableTask, id: string): Promise<Taken | NotTaken> {
    const entry = await readEntry(backend, activity.name, id);
    if (entry === undefined) return { outcome: 'miss', reason: 'No earlier success has the same key.' };
    const reason = await whyNot(entry, option);
    if (reason !== undefined) return { outcome: 'stale', reason };
    const output = await adopt(entry, run.runId, task);
    return output === undefined
      ? { outcome: 'stale', reason: 'A file that the kept outputs stand for has just gone.' }
      : { outcome: 'hit', entry, output };
  }

  async function keep(cacheable: CacheableTask, key: TaskKey, output: Value): Promise<void> {
    const { run, task, log } = cacheable;
    const id = digest(key);
    if (digest(await keyOf(cacheable)) !== id) throw new Uncacheable('what it reads changed while it ran');
    const paths = filesIn(output, run.runId).toSorted();
    const digests = paths.map(async (path) => {
      const sha256 = await readable.digest(path);
      if (sha256 === undefined) throw new Uncacheable(`its output names ${path}, which is not there`);
      return { path, sha256 };
    });
    const files = await Promise.all(digests);
    const entry = { key, output, files, run: run.runId, task, at: new Date().toISOString() };
    await writeEntry(backend, id, entry);
    log.info({ key: id }, 'outputs kept');
  }

  return {
    async use(cacheable, work) {
      const { settings, log } = cacheable;
      const doWork = async (): Promise<CachedOutput> => ({ output: (await work()) as Value, cached: false });
      if (settings.taskCache === false) {
        await decide(cacheable, { outcome: 'off', reason: 'The run was started with --no-cache.' });
        return doWork();
      }
      const key = await keyOf(cacheable).catch(uncacheable);
      if (key instanceof Uncacheable) {
        const reason = `The task cannot be cached: ${key.message}.`;
        await decide(cacheable, { outcome: 'uncacheable', reason });
        return doWork();
      }
      const taken = await take(cacheable, digest(key));
      if (taken.outcome === 'hit') {
        const { run, task, at } = taken.entry;
        const reason = `The outputs are those of ${task} in run ${run}.`;
        await decide(cacheable, { outcome: 'hit', reason, key, from: { run, task, at } });
        return { output: taken.output, cached: true };
      }
      await decide(cacheable, { ...taken, key });
      const done = await doWork();
      // The work is done and committed: that it cannot be kept must not have it done again.
      await keep(cacheable, key, done.output).catch((error: unknown) => {
        if (error instanceof Uncacheable) log.info(`outputs not kept: ${error.message}`);
        else log.warn({ err: error }, 'outputs could not be kept');
      });
      return done;
    },
  };
}

function uncacheable(error: unknown): Uncacheable {
  if (error instanceof Uncacheable) return error;
  throw error;
}
