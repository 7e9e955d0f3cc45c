/** Reads what was decided about a task, and what an earlier success differs in. */
import type { Value } from '../../../definitions/model/types.ts';
import type { Backend } from '../../store/backend.ts';
import { getObject } from '../../store/records/objects.ts';
import type { CodeDigests } from './code-digests.ts';
import { listDecisions, listEntries, type CacheDecision, type CacheEntry } from './entries.ts';
import { differences, nearest, type Difference, type OpenedKey } from './explain.ts';
import type { TaskKey } from './task-key.ts';

export interface Explanation {
  readonly decision: CacheDecision;
  /** The earlier success with the fewest differences, where there is one and none had the same key. */
  readonly nearest?: Pick<CacheEntry, 'run' | 'task' | 'at'> & {
    readonly differences: readonly Difference[];
  };
}

/**
 * Why a task instance ran again, or did not; undefined if nothing was decided about it.
 *
 * @param task path of the instance.
 * @param run default: the run that decided last.
 */
export async function explainTask(
  backend: Backend,
  task: string,
  run?: string,
): Promise<Explanation | undefined> {
  const decisions = await listDecisions(backend, task);
  const decision = decisions
    .filter((one) => run === undefined || one.run === run)
    .reduce<CacheDecision | undefined>((last, one) => (last && last.at > one.at ? last : one), undefined);
  if (decision?.outcome !== 'miss' || decision.key === undefined) return decision && { decision };

  const open = keyOpener(backend);
  const now = await open(decision.key);
  const earlier = (await listEntries(backend, decision.activity)).filter(({ at }) => at < decision.at);
  const candidates = await Promise.all(
    earlier.map(async (entry) => {
      const before = await open(entry.key);
      if (before === undefined || now === undefined) return [];
      const { run: byRun, task: byTask, at } = entry;
      return [{ run: byRun, task: byTask, at, differences: differences(before, now) }];
    }),
  );
  const found = nearest(candidates.flat());
  return found === undefined ? { decision } : { decision, nearest: found };
}

/** Opens keys, reading each object once; undefined for one whose objects were removed. */
function keyOpener(backend: Backend): (key: TaskKey) => Promise<OpenedKey | undefined> {
  const objects = new Map<string, Promise<unknown>>();
  const read = (digest: string): Promise<unknown> => {
    const known = objects.get(digest) ?? getObject(backend, digest).catch(() => undefined);
    objects.set(digest, known);
    return known;
  };
  return async (key) => {
    const [code, settings] = await Promise.all([read(key.code), read(key.settings)]);
    if (code === undefined || settings === undefined) return undefined;
    return { ...key, code: code as CodeDigests, settings: settings as Value };
  };
}
