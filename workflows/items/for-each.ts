/** Runs the items of a `forEach`: bounded concurrency, a result for every item, in order. */
import { evaluate } from '../../definitions/expressions/expression.ts';
import type { ForEach, ItemResult, Value } from '../../definitions/model/types.ts';
import { attempt, type Attempt } from '../state/attempt.ts';
import type { Scope } from '../state/bindings.ts';
import { EXPRESSION_ERROR, INTERPRETER_CONTRACT, ITEMS_FAILED } from '../messages.ts';
import { cancelled, failed, type Settlement } from '../state/settlement.ts';

/** Items in flight at the most when `forEach` does not say. */
export const DEFAULT_CONCURRENCY = 16;
/** Most items that may be in flight. */
const MAX_CONCURRENCY = 500;
/** The name of the item in expressions when `forEach` does not say. */
export const DEFAULT_ITEM_NAME = 'item';

/** A `forEach` with the values of its expressions. */
export interface Items {
  readonly list: readonly Value[];
  readonly concurrency: number;
  /** A count, or a percentage of the items. */
  readonly maxFailures: number | string;
}

/** @param path of the task in the definition, for the message when a value is none that may stand there. */
export function itemsOf(forEach: ForEach, scope: Scope, path: string): Attempt<Items> {
  const { in: given, concurrency = DEFAULT_CONCURRENCY, maxFailures = 0 } = forEach;
  const values = attempt(() => {
    const bindings = scope.bindings();
    return {
      list: evaluate(given, bindings),
      concurrency: evaluate(concurrency, bindings),
      maxFailures: evaluate(maxFailures, bindings),
    };
  });
  if (!values.ok) return values;
  const { value } = values;
  if (!isList(value.list)) return refuse(path, 'in', 'a list', value.list);
  if (!isConcurrency(value.concurrency))
    return refuse(path, 'concurrency', `a whole number from 1 to ${MAX_CONCURRENCY}`, value.concurrency);
  if (!isTolerance(value.maxFailures))
    return refuse(
      path,
      'maxFailures',
      "a whole number from 0, or a percentage such as '10%'",
      value.maxFailures,
    );
  return {
    ok: true,
    value: { list: value.list, concurrency: value.concurrency, maxFailures: value.maxFailures },
  };
}

function refuse(path: string, key: string, wanted: string, found: Value): Attempt<never> {
  const is = typeof found === 'object' && found !== null ? 'no such value' : JSON.stringify(found);
  const message = `forEach.${key} of '${path}' must be ${wanted}; it is ${is}.`;
  return { ok: false, failure: failed(EXPRESSION_ERROR, message) };
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const isConcurrency = (value: Value): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_CONCURRENCY;

const isTolerance = (value: Value): value is number | string =>
  typeof value === 'string'
    ? /^(100|[1-9]?\d)%$/.test(value)
    : typeof value === 'number' && Number.isInteger(value) && value >= 0;

/** Items that stand next to one another in the list of a `forEach`. */
export interface Span {
  /** Index of the first in the whole list. */
  readonly from: number;
  readonly items: readonly Value[];
}

/**
 * Runs the items of a span in order, at most `concurrency` at a time; an item that ends makes room for the next one. A
 * failed item stops no other (all of them run).
 *
 * @param shouldStop asked when an item has ended and others are left: true = none is started, and what runs is finished.
 * @returns the settlements in the order of the items; fewer than there are items if it was stopped.
 * @throws what `runItem` throws, which is a fault of the interpreter and not of the item.
 */
export function runForEach(
  { from, items }: Span,
  concurrency: number,
  runItem: (item: Value, index: number) => Promise<Settlement>,
  shouldStop: (ended: Settlement) => boolean = () => false,
): Promise<Settlement[]> {
  return new Promise((resolve, reject) => {
    const settlements: Settlement[] = [];
    let next = 0;
    let running = 0;
    const startNext = (): void => {
      const position = next;
      next += 1;
      running += 1;
      runItem(items[position] ?? null, from + position).then((settlement) => {
        settlements[position] = settlement;
        running -= 1;
        if (next < items.length && !shouldStop(settlement)) startNext();
        else if (running === 0) resolve(settlements);
      }, reject);
    };
    if (items.length === 0) resolve([]);
    while (next < Math.min(items.length, concurrency)) startNext();
  });
}

/** What the items of a `forEach`, or of a slice of one, have come to. */
export interface Tally {
  readonly count: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly firstFailure?: { readonly index: number; readonly message: string };
  /** One for each item, in order; absent if they are too large to be kept. */
  readonly results?: readonly ItemResult[];
  /** Characters of JSON that are not kept; 0 if all are. */
  readonly withheldChars: number;
}

/** @param from index of the first item in the whole list. */
export function tallyOf(settlements: readonly Settlement[], from = 0): Tally {
  const firstFailed = settlements.findIndex(({ outcome }) => outcome === 'failed');
  const withheldChars = settlements.reduce((sum, item) => sum + (item.withheldChars ?? 0), 0);
  return {
    count: settlements.length,
    failed: countOf(settlements, 'failed'),
    cancelled: countOf(settlements, 'cancelled'),
    ...(firstFailed === -1
      ? {}
      : {
          firstFailure: {
            index: from + firstFailed,
            message: settlements[firstFailed]?.failure?.message ?? '',
          },
        }),
    ...(withheldChars > 0 ? {} : { results: settlements.map(toItemResult) }),
    withheldChars,
  };
}

/**
 * The settlement of a `forEach` task from what its items have come to: cancelled if any item was, failed if more failed
 * than are allowed, else succeeded (also without any item). The value is there in each case but the first, unless it is
 * too large.
 *
 * @param maxFailures so many failed items do not fail the task: a count, or a percentage of the items.
 * @param contract of the interpreter when the run began: since the second, each result has an `error`, null unless it failed.
 */
export function settleForEach(
  tally: Tally,
  maxFailures: number | string = 0,
  contract = INTERPRETER_CONTRACT,
): Settlement {
  if (tally.cancelled > 0) return cancelled;
  const { count, failed: failedCount, firstFailure, results, withheldChars } = tally;
  const complete = (result: ItemResult): ItemResult =>
    contract < 2 || result.error !== undefined ? result : { ...result, error: null };
  const value =
    results === undefined ? { withheldChars } : { value: results.map(complete) as unknown as Value };
  if (failedCount <= allowedFailures(maxFailures, count)) return { outcome: 'succeeded', ...value };
  const message = `${failedCount} of ${count} items failed; the first, [${firstFailure?.index ?? 0}]: ${firstFailure?.message ?? ''}`;
  return { outcome: 'failed', ...value, failure: { type: ITEMS_FAILED, message } };
}

function countOf(settlements: readonly Settlement[], outcome: Settlement['outcome']): number {
  return settlements.filter((item) => item.outcome === outcome).length;
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
