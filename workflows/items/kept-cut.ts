/** Keeps to slices that have been cut already. Pure. */
import type { SlicePosition } from '../../definitions/model/instance-path.ts';
import type { SlicePlan } from './slices.ts';

/**
 * The plan in which the slices that an earlier execution had are as they were then, so that what they have come to counts:
 * limits may have changed since.
 *
 * @param had where those begin and end, in any order; what was left over of one lies within it.
 * @returns `plan` itself if there is nothing to change.
 */
export function keepCut(plan: SlicePlan, had: readonly SlicePosition[]): SlicePlan {
  const first = plan.spans[0]?.from ?? 0;
  const items = plan.spans.flatMap((span) => span.items);
  const end = first + items.length;
  const kept: SlicePosition[] = [];
  for (const slice of had.toSorted((one, other) => one.from - other.from || other.to - one.to))
    if (slice.from >= (kept.at(-1)?.to ?? first) && slice.to <= end) kept.push(slice);
  const planned = [...plan.spans.map(({ from }) => from), end];
  const isFree = (edge: number): boolean => !kept.some(({ from, to }) => from < edge && edge < to);
  const edges = [...new Set([...planned.filter(isFree), ...kept.flatMap(({ from, to }) => [from, to])])];
  if (edges.length === planned.length && edges.every((edge) => planned.includes(edge))) return plan;
  edges.sort((one, other) => one - other);
  const spans = edges
    .slice(0, -1)
    .map((from, index) => ({ from, items: items.slice(from - first, (edges[index + 1] ?? end) - first) }));
  return { ...plan, spans };
}
