import type { Task } from '../../definitions/model/types.ts';
import { SLICE_LIMITS } from '../../workflows/items/slices.ts';

/**
 * A task for the group of an item that makes small lists large: it counts for so many activities that a slice has room for
 * two items, and runs none of them.
 *
 * @param activity one that the definition may name.
 */
export function bulkOf(activity: string): Task {
  const length = Math.floor(SLICE_LIMITS.ofSlice / 2.5);
  return { when: 'false', forEach: { in: Array.from({ length }, () => 0) }, activity };
}
