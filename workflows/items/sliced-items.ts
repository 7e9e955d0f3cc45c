/** Runs the items of a `forEach` in slices, and puts together what they come to. Knows slices only as `Slicing`. */
import { referencesOfInstance } from '../../definitions/expressions/task-references.ts';
import type { ItemResult, Task, TaskOptions, TaskOutcome, Value } from '../../definitions/model/types.ts';
import type { Scope, ScopeParts } from '../state/bindings.ts';
import type { Span, Tally } from './for-each.ts';
import { slicePath } from '../../definitions/model/instance-path.ts';
import { CHILD_CANCELLED, EXPRESSION_ERROR } from '../messages.ts';
import { keepCut } from './kept-cut.ts';
import type { SettledInstance, Outcomes } from '../state/outcomes.ts';
import type { RunControl } from '../control/run-control.ts';
import type { Failure } from '../state/settlement.ts';
import {
  expandResult,
  runLanes,
  TallySum,
  type SliceCall,
  type SliceLimits,
  type SlicePlan,
  type SliceResult,
} from './slices.ts';
import type { FailureList, StatusNode } from '../state/status-tree.ts';

/** How slices are run; Temporal in a workflow, a fake in unit tests. */
export interface Slicing {
  readonly limits: SliceLimits;
  /** By which limits a `forEach` is sliced that is too large; undefined if it may not be. Asked only where one is. */
  readonly allowed: () => SliceLimits | undefined;
  /** Whether slices are cut as in an earlier execution. Asked only where they would be cut otherwise. */
  readonly keepsCut: () => boolean;
  /** Gives a failure where the slice itself failed, nothing where the run was cancelled before; rejects only for faults. */
  readonly runSlice: (call: SliceCall) => Promise<SliceResult | Failure | undefined>;
}

/** Where the items are run. */
export interface SlicedInstance {
  readonly path: string;
  readonly scope: Scope;
  readonly node: StatusNode;
}

interface Around {
  readonly slicing: Slicing;
  readonly control: RunControl;
  readonly isCancelled: () => boolean;
  readonly now: () => number;
  readonly failures: FailureList;
  /** Of the definition. */
  readonly defaults: TaskOptions;
  /** Has, by its path, what each slice has come to. */
  readonly outcomes: Outcomes;
}

/** Every item of `planned` is pending in the instance's status node. */
export async function runSliced(
  task: Task,
  { path, scope, node }: SlicedInstance,
  planned: SlicePlan,
  { slicing, control, isCancelled, now, failures, outcomes, defaults }: Around,
): Promise<Tally> {
  const parts = scope.parts(referencesOfInstance(task, defaults));
  const asBefore = keepCut(planned, outcomes.slicesOf(path));
  const plan = asBefore !== planned && slicing.keepsCut() ? asBefore : planned;
  const tooLarge = whyTooLarge(parts, slicing.limits.givenChars);
  const sum = new TallySum(slicing.limits.keptChars);
  await runLanes(plan, async (span, concurrency) => {
    if (control.isPaused) await control.untilResumed();
    const { length: count } = span.items;
    const running = Math.min(concurrency, count);
    for (let left = running; left > 0; left -= 1) node.start(now());
    const settleAll = (outcome: TaskOutcome, reason?: string): number => {
      for (let item = 0; item < count; item += 1)
        node.settle(item < running ? 'running' : 'pending', outcome, now(), reason);
      return count;
    };
    const part = slicePath(path, span.from, span.from + count);
    const kept = keptResult(outcomes.whole(part));
    const runSlice = (): Promise<SliceResult | Failure | undefined> => {
      const { startedAt = now(), resumes } = outcomes.opened(part) ?? {};
      outcomes.open(part, { startedAt, ...(resumes && { resumes }) });
      const given = {
        ...span,
        task,
        path,
        scope: parts,
        concurrency,
        lanes: plan.shares.length,
        room: plan.room,
      };
      return slicing.runSlice({ ...given, keepsResults: sum.keepsResults, ...(resumes && { resumes }) });
    };
    const result = kept ?? tooLarge ?? (isCancelled() ? undefined : await runSlice());
    if (result === undefined) {
      if (outcomes.opened(part)?.resumes === undefined) outcomes.close(part);
      sum.add(span.from, { count, failed: 0, cancelled: count, withheldChars: 0 }, 0);
      return settleAll('cancelled');
    }
    if ('type' in result) {
      failures.add({ task: part, state: 'failed', ...result });
      outcomes.settle(part, { outcome: 'failed', failure: result, endedAt: now() });
      sum.add(span.from, lost(span, result), 0);
      return settleAll('failed', result.message);
    }
    outcomes.settle(part, {
      outcome: result.tally.failed + result.tally.cancelled > 0 ? 'failed' : 'succeeded',
      value: result as unknown as Value,
      endedAt: now(),
    });
    node.absorb(result.status, running);
    for (const failure of result.failures) failures.add(failure);
    const { chars, ...tally } = isCancelled() ? result.tally : blame(result.tally, span);
    const results = result.results?.map((item) => refuse(expandResult(item), isCancelled()));
    sum.add(span.from, { ...tally, ...(results === undefined ? {} : { results }), withheldChars: 0 }, chars);
    return tally.count;
  });
  return sum.total();
}

/** Without this, a payload that Temporal refuses would hang the run. */
function whyTooLarge(parts: ScopeParts, maxChars: number): Failure | undefined {
  const { length } = JSON.stringify(parts);
  if (length <= maxChars) return undefined;
  const message = `What the items refer to takes ${length} characters as JSON; ${maxChars} are the most. Hand on references instead, such as shards.`;
  return { type: EXPRESSION_ERROR, message };
}

/** What a slice came to in an earlier execution. */
function keptResult(outcome: SettledInstance | undefined): SliceResult | Failure | undefined {
  return outcome?.failure ?? (outcome?.value as unknown as SliceResult | undefined);
}

/** The tally of a slice that has failed as a whole. */
function lost({ from, items }: Span, error: Failure): Tally {
  const results = items.map((): ItemResult => ({ status: 'failed', output: null, error }));
  const { length: count } = items;
  const firstFailure = { index: from, message: error.message };
  return { count, failed: count, cancelled: 0, firstFailure, results, withheldChars: 0 };
}

const CANCELLED_ALONE: Failure = { type: CHILD_CANCELLED, message: 'The slice of this item was cancelled.' };

/** Somebody may have cancelled a slice alone: that fails its items, and does not cancel the run. */
function blame<T extends SliceResult['tally']>(tally: T, { from }: Span): T {
  if (tally.cancelled === 0) return tally;
  const firstFailure = tally.firstFailure ?? { index: from, message: CANCELLED_ALONE.message };
  return { ...tally, failed: tally.failed + tally.cancelled, cancelled: 0, firstFailure };
}

function refuse(result: ItemResult, isRunCancelled: boolean): ItemResult {
  if (isRunCancelled || result.status !== 'cancelled') return result;
  return { status: 'failed', output: null, error: CANCELLED_ALONE };
}
