/**
 * A `forEach` too large for one history is run in slices: some of its items each, by a child workflow with a history of
 * its own. Pure: how many slices, how large, how many at once, and what they come to together.
 *
 * A slice runs the same task runner over its items, and is split again where it is still too large. It may end early,
 * with its first items only (its history or its results have grown): the others become another slice.
 */
import { isGroup } from '../../definitions/model/task-kind.ts';
import type { ItemResult, Task, Tasks, Value } from '../../definitions/model/types.ts';
import type { ScopeParts } from '../state/bindings.ts';
import type { Span, Tally } from './for-each.ts';
import type { TaskFailure, TaskStatus } from '../messages.ts';
import type { Resumption } from '../state/outcomes.ts';

/** Bounds of what one workflow does of a `forEach`. */
export interface SliceLimits {
  /** Activities of one `forEach`, by the estimate of `activitiesPerItem`, that a history has room for beside all else. */
  readonly activities: number;
  /** The same of a slice, which does nothing else. */
  readonly ofSlice: number;
  /** Slices of one `forEach` that are open at once. */
  readonly open: number;
  /**
   * A slice has so many times as many items as it has in flight, where it can. Few slices with much in flight make the
   * least work for Temporal; but towards its end a slice runs empty, and the fewer its items, the longer.
   */
  readonly fills: number;
  /** Slices of one `forEach` in all; larger slices are split again. */
  readonly slices: number;
  /** Characters of JSON: the items that are handed to a slice, and as much again of other values. */
  readonly givenChars: number;
  /** Characters of JSON: results that are kept of a `forEach` in slices, all together. */
  readonly keptChars: number;
}

/**
 * An activity makes 6 events where it is awaited alone, 3 to 4 in practice; a slice ends early with 7,000, and makes at
 * most 9 in the history that runs it. A character is at most 3 of the 2 million bytes that Temporal takes at once.
 */
export const SLICE_LIMITS: SliceLimits = {
  activities: 1_000,
  ofSlice: 2_000,
  open: 8,
  fills: 20,
  slices: 500,
  givenChars: 250_000,
  keptChars: 4_000_000,
};

/** Items in flight in one slice at the least, as far as there are enough items. */
const LEAST_SHARE = 4;
/** What a `forEach` inside an item counts for where its list is an expression. */
const UNKNOWN_ITEMS = 16;

/** One slice to be run. */
export interface SliceCall extends Span {
  readonly task: Task;
  /** Path of the instance of the `forEach` task. */
  readonly path: string;
  readonly scope: ScopeParts;
  readonly concurrency: number;
  /** Slices that share with this one what a run may do at once. */
  readonly lanes: number;
  /** Whether the results are to be handed back. */
  readonly keepsResults: boolean;
  /** Activities that its history has room for; as many as any history has where a run of an earlier version began it. */
  readonly room?: number;
  /** It has run before, and goes on with what it had come to. */
  readonly resumes?: Resumption;
}

/** What a slice has come to. Durable: in the history of the run. */
export interface SliceResult {
  readonly tally: Omit<Tally, 'results' | 'withheldChars'> & {
    /** Of its results as JSON, handed back or not. */
    readonly chars: number;
  };
  /** An item's output in a list of its own, or the whole result of one that did not succeed. Absent if withheld. */
  readonly results?: readonly CompactResult[];
  /** Of the task, with the instances that ended. */
  readonly status: TaskStatus;
  readonly failures: readonly TaskFailure[];
}
export type CompactResult = readonly [Value] | ItemResult;

/** Activities that one instance of a task makes, as far as the definition tells; child runs and waits count as one. */
export function activitiesPerItem(task: Task): number {
  const own = isGroup(task) ? activitiesOf(task.tasks) : 1;
  return task.catch === undefined ? own : own + activitiesOf(task.catch.tasks);
}

function activitiesOf(tasks: Tasks): number {
  const inner = Object.values(tasks).map((part) => {
    const list = part.forEach?.in;
    const items = part.forEach === undefined ? 1 : Array.isArray(list) ? list.length : UNKNOWN_ITEMS;
    return items * activitiesPerItem(part);
  });
  return Math.max(
    1,
    inner.reduce((sum, count) => sum + count, 0),
  );
}

/** The slices of a `forEach`, and the concurrency of each lane in which they run one after another. */
export interface SlicePlan {
  readonly spans: readonly Span[];
  /** Their sum is the concurrency of the whole. */
  readonly shares: readonly number[];
  /** Activities that the history of each has room for. */
  readonly room: number;
}

/** How many of the items a history has room for that has room for so many activities. */
function roomFor(items: number, perItem: number, activities: number, limits: SliceLimits): number {
  return Math.max(1, Math.floor(activities / perItem), Math.ceil(items / limits.slices));
}

/**
 * Whether one history has no room for a span, so that it must be sliced.
 *
 * @param room activities that it has room for.
 */
export function isTooLarge(
  { items }: Span,
  perItem: number,
  limits: SliceLimits,
  room = limits.activities,
): boolean {
  return items.length > roomFor(items.length, perItem, room, limits);
}

/** How to slice a span that is too large. */
export function planSlices(
  { from, items }: Span,
  perItem: number,
  concurrency: number,
  limits: SliceLimits,
): SlicePlan {
  const room = limits.ofSlice;
  const most = roomFor(items.length, perItem, room, limits);
  const least = Math.ceil(items.length / most);
  const share = Math.max(LEAST_SHARE, Math.floor(most / limits.fills));
  const lanes = Math.min(limits.open, Math.ceil(concurrency / share), least);
  // As many in each lane, so that all lanes end at about the same time.
  const size = Math.ceil(items.length / (Math.ceil(least / lanes) * lanes));
  const spans = cut({ from, items }, size, limits.givenChars);
  return { spans, shares: sharesOf(concurrency, lanes), room };
}

/** `total` as `parts` numbers that differ by one at the most. */
function sharesOf(total: number, parts: number): readonly number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor((total + index) / parts));
}

function cut({ from, items }: Span, size: number, maxChars: number): readonly Span[] {
  const spans: Span[] = [];
  let start = 0;
  let chars = 0;
  for (let index = 0; index < items.length; index += 1) {
    const own = JSON.stringify(items[index]).length;
    if (index > start && (index - start === size || chars + own > maxChars)) {
      spans.push({ from: from + start, items: items.slice(start, index) });
      start = index;
      chars = 0;
    }
    chars += own;
  }
  return [...spans, { from: from + start, items: items.slice(start) }];
}

/**
 * Runs every slice: as many at once as there are shares. What a slice leaves over is run next in its lane.
 *
 * @param runSlice gives how many of the span's items, from the first on, have been settled.
 */
export async function runLanes(
  { spans, shares }: Pick<SlicePlan, 'spans' | 'shares'>,
  runSlice: (span: Span, concurrency: number) => Promise<number>,
): Promise<void> {
  const open = [...spans];
  const runLane = async (share: number): Promise<void> => {
    for (let span = open.shift(); span !== undefined;) {
      const settled = await runSlice(span, share);
      const rest = { from: span.from + settled, items: span.items.slice(settled) };
      span = rest.items.length > 0 ? rest : open.shift();
    }
  };
  await Promise.all(shares.map(runLane));
}

/** The tallies of slices together, in the order of their items. */
export class TallySum {
  readonly #limit: number;
  readonly #parts: { readonly from: number; readonly tally: Tally }[] = [];
  #chars = 0;

  /** @param limit characters of results that are kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get keepsResults(): boolean {
    return this.#chars <= this.#limit;
  }

  /** @param chars of its results as JSON, kept or not. */
  add(from: number, tally: Tally, chars: number): void {
    this.#chars += chars;
    this.#parts.push({ from, tally });
  }

  total(): Tally {
    const parts = this.#parts.toSorted((a, b) => a.from - b.from).map(({ tally }) => tally);
    const sum = (of: (tally: Tally) => number): number => parts.reduce((all, part) => all + of(part), 0);
    const firstFailure = parts.find((part) => part.firstFailure !== undefined)?.firstFailure;
    const isKept = this.keepsResults && parts.every(({ results }) => results !== undefined);
    return {
      count: sum(({ count }) => count),
      failed: sum(({ failed }) => failed),
      cancelled: sum(({ cancelled }) => cancelled),
      ...(firstFailure === undefined ? {} : { firstFailure }),
      ...(isKept ? { results: parts.flatMap(({ results = [] }) => results) } : {}),
      withheldChars: isKept ? 0 : this.#chars,
    };
  }
}

export function compactResult(result: ItemResult): CompactResult {
  return result.status === 'succeeded' ? [result.output] : result;
}

export function expandResult(result: CompactResult): ItemResult {
  return isOutput(result) ? { status: 'succeeded', output: result[0] } : result;
}

function isOutput(result: CompactResult): result is readonly [Value] {
  return Array.isArray(result);
}
