/**
 * Calls `work` for every item with at most `concurrency` in flight and returns the results in the items' order.
 * After the first failure or abort no further item starts; those in flight are awaited, then the first error is thrown.
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  signal: AbortSignal,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const failures: unknown[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    // The lanes share one iterator, so each item is taken once.
    for (const [index, item] of queue) {
      if (failures.length > 0 || signal.aborted) return;
      try {
        results.set(index, await work(item, index));
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
  signal.throwIfAborted();
  return [...results].toSorted(([left], [right]) => left - right).map(([, result]) => result);
}
