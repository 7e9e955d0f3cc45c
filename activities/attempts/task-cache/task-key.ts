/** The key under which a task's output is kept: the digest of all that it follows from. */
import type { Settings } from '../../../configs/settings/types.ts';
import type { Value } from '../../../definitions/model/types.ts';
import type { RunReference } from '../../activity.ts';
import { runDirectory, shardFile } from '../../store/paths.ts';
import type { ShardReference } from '../../store/tables.ts';
import type { ReadableFiles } from './readable-files.ts';
import { mapReferences, shardsIn } from './references.ts';
import { Uncacheable } from './uncacheable.ts';

/**
 * All that a task's output follows from. Durable: it stands in the entries. What does not change the output is not in
 * it: the names of task and run, retries, times, task queues, priorities, how model calls are made.
 */
export interface TaskKey {
  readonly activity: string;
  /** Digest of the object `{ <file>: sha256 }` of its code. */
  readonly code: string;
  /** The task's `with`, evaluated; a shard stands in it as `{ table, split, sha256 }` of its file. */
  readonly input: Value;
  /** sha256 of the files it reads besides, by their paths without the run. */
  readonly files: { readonly [path: string]: string };
  /** Digest of the object `relevantSettings`. */
  readonly settings: string;
  readonly seed: number;
}

/** Keys of the configs of roles that say how models are called and paid for, not what they are asked. */
const HOW_IT_IS_ASKED: ReadonlySet<string> = new Set(['request', 'price', 'apiKeyEnv']);

/** The settings that an output may follow from: without the task queues, and without how model calls are made. */
export function relevantSettings(settings: Settings): Value {
  const { queues: _, taskCache: __, ...rest } = settings;
  return JSON.parse(
    JSON.stringify(rest, (key, value: unknown) => (HOW_IT_IS_ASKED.has(key) ? undefined : value)),
  );
}

/**
 * The input with the contents of shards in place of their names. Throws `Uncacheable` for a shard that is not there.
 */
export async function inputByContent(files: ReadableFiles, input: Value): Promise<Value> {
  const digests = new Map<string, string>();
  for (const shard of shardsIn(input)) {
    const file = shardFile(shard);
    if (!digests.has(file)) digests.set(file, await demandDigest(files, file));
  }
  const byContent = ({ table, split, ...name }: ShardReference): Value => ({
    table,
    split,
    sha256: digests.get(shardFile({ table, ...name })) ?? '',
  });
  return mapReferences(input, byContent, (text) => text);
}

/** Digests of files and folders below the root. Throws `Uncacheable` for one that is not there. */
export async function digestReads(
  files: ReadableFiles,
  paths: readonly string[],
  { runId }: RunReference,
): Promise<TaskKey['files']> {
  const digests = paths.map(async (path) => {
    const sha256 = await demandDigest(files, path);
    return [path.replace(`/${runDirectory(runId)}`, ''), sha256] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}

async function demandDigest(files: ReadableFiles, path: string): Promise<string> {
  const sha256 = await files.digest(path);
  if (sha256 === undefined) throw new Uncacheable(`there is no ${path}`);
  return sha256;
}
