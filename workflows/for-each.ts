/** Runs the items of a `forEach`: bounded concurrency, a result for every item, in order. */
import type { ItemResult, Value } from '../definitions/types.ts';
import { ITEMS_FAILED } from './messages.ts';
import { cancelled, type Settlement } from './settlement.ts';

/** Items in flight at the most when `forEach` does not say. */
export const DEFAULT_CONCURRENCY = 16;
/** The name of the item in expressions when `forEach` does not say. */
export const DEFAULT_ITEM_NAME = 'item';

/**
 * Calls `runItem(0)` … `runItem(count - 1)`, in this order and at most `concurrency` at a time; an item that
 * ends makes room for the next one. A failed item stops no other (all of them run).
 *
 * @returns the settlements in the order of the items.
 * @throws what `runItem` throws, which is a fault of the interpreter and not of the item.
 */
export function runForEach(
  count: number,
  concurrency: number,
  runItem: (index: number) => Promise<Settlement>,
): Promise<Settlement[]> {
  return new Promise((resolve, reject) => {
    const settlements = Array.from<Settlement>({ length: count });
    let next = 0;
    let left = count;
    const startNext = (): void => {
      const index = next;
      next += 1;
      runItem(index).then((settlement) => {
        settlements[index] = settlement;
        left -= 1;
        if (left === 0) resolve(settlements);
        else if (next < count) startNext();
      }, reject);
    };
    if (count === 0) resolve([]);
    while (next < Math.min(count, concurrency)) startNext();
  });
}

/**
 * The settlement of a `forEach` task from those of its items: cancelled if any item was, failed if any item
 * failed, else succeeded (also without any item). The value is there in each case but the first.
 *
 * @param maxFailures so many failed items do not fail the task: a count, or a percentage of the items.
 */
export function settleForEach(
  settlements: readonly Settlement[],
  maxFailures: number | string = 0,
): Settlement {
  if (settlements.some((item) => item.outcome === 'cancelled')) return cancelled;
  const value = settlements.map(toItemResult) as unknown as Value;
  const failedIndex = settlements.findIndex((item) => item.outcome === 'failed');
  const failedCount = countFailed(settlements);
  if (failedCount <= allowedFailures(maxFailures, settlements.length)) return { outcome: 'succeeded', value };
  const first = settlements[failedIndex]?.failure;
  const message = `${failedCount} of ${settlements.length} items failed; the first, [${failedIndex}]: ${first?.message ?? ''}`;
  return { outcome: 'failed', value, failure: { type: ITEMS_FAILED, message } };
}

export function countFailed(settlements: readonly Settlement[]): number {
  return settlements.filter(({ outcome }) => outcome === 'failed').length;
}

/** A percentage is rounded down: of 25 items `10%` are 2. */
function allowedFailures(maxFailures: number | string, count: number): number {
  if (typeof maxFailures === 'number') return maxFailures;
  return Math.floor((Number(maxFailures.replace('%', '')) * count) / 100);
}

function toItemResult({ outcome, value, failure }: Settlement): ItemResult {
  const result = { status: outcome, output: outcome === 'succeeded' ? (value ?? null) : null };
  return failure === undefined ? result : { ...result, error: failure };
}
