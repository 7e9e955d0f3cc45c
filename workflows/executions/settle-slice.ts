/** What a slice does between its start and its end: runs its items, and makes one result of them. Pure. */
import { Scope } from '../state/bindings.ts';
import type { Settlement } from '../state/settlement.ts';
import { compactResult, type SliceCall, type SliceResult } from '../items/slices.ts';
import type { FailureList, StatusNode } from '../state/status-tree.ts';
import type { TaskRunner } from '../tasks/task-runner.ts';

/** From so many characters of results on, a slice starts no further item. */
const ENOUGH_CHARS = 400_000;
/** A slice hands back no more, which is at most 1.8 of the 2 MB that Temporal takes. */
const MAX_CHARS = 600_000;

/**
 * Runs the items of a slice and hands back what they came to, cancelled ones included; the first ones only, where its
 * history or its results have grown.
 *
 * @param node of the task; it has no instance yet.
 * @param isFull whether the history has room for no further item.
 */
export async function settleSlice(
  call: SliceCall,
  runner: TaskRunner,
  node: StatusNode,
  failures: FailureList,
  isFull: () => boolean,
): Promise<SliceResult> {
  const { task, path, from, concurrency, keepsResults, room, resumes } = call;
  // Those that it had left over have become another slice.
  const items = call.items.slice(0, resumes?.items);
  const instance = { path, scope: Scope.ofParts(call.scope), node };
  node.expect(items.length);
  let chars = 0;
  const shouldStop = ({ value = null }: Settlement): boolean => {
    if (keepsResults) chars += JSON.stringify(value).length;
    return resumes?.items === undefined && (isFull() || chars >= ENOUGH_CHARS);
  };
  const span = { from, items };
  const tally = await runner.runItemsOf(task, instance, span, { concurrency, room, shouldStop });
  const { results, withheldChars, ...counts } = tally;
  const compact = results?.map(compactResult);
  const size = withheldChars + (compact === undefined ? 0 : JSON.stringify(compact).length);
  return {
    tally: { ...counts, chars: size },
    ...(compact === undefined || size > MAX_CHARS || !keepsResults ? {} : { results: compact }),
    status: node.view(),
    failures: failures.view(),
  };
}
