/** Runs slices as child workflows. */
import {
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  ParentClosePolicy,
  isCancellation,
  patched,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { RunReference } from '../../activities/activity.ts';
import { within } from './gate.ts';
import type { Handover } from './handover.ts';
import { innerRunId, slicePath } from '../../definitions/model/instance-path.ts';
import {
  CHILD_EXISTS,
  PAUSE_SLICE_SIGNAL,
  RESUME_SLICE_SIGNAL,
  SLICE_FAILED,
  SLICE_WORKFLOW,
  type RunOptions,
} from '../messages.ts';
import { ownedBy } from './owned-by.ts';
import { onceEnded } from './once-ended.ts';
import type { RunControl } from '../control/run-control.ts';
import type { Pace } from './pace.ts';
import { Semaphore } from './semaphore.ts';
import type { Failure } from '../state/settlement.ts';
import type { Slicing } from '../items/sliced-items.ts';
import { SLICE_LIMITS, type SliceCall, type SliceLimits, type SliceResult } from '../items/slices.ts';
import type { Plan } from '../tasks/surroundings.ts';

/** Slices of one workflow that are open at the most, whatever its `forEach` tasks (invariant 6). */
const MAX_OPEN_SLICES = 100;

/** The argument of a slice. Durable: in the histories of its run and of itself. */
export interface SliceRequest extends SliceCall {
  /** The run that all of its activities work for. */
  readonly run: RunReference;
  readonly options: RunOptions;
  readonly plan: Plan;
  /** Its share of the activities that a run may have pending. */
  readonly maxPending: number;
}

/** What slices take over from the workflow that starts them. */
export type SliceOrigin = Pick<SliceRequest, 'run' | 'options' | 'plan' | 'maxPending'>;

/** Slices of a run, or of a slice of it. The id of a slice is durable: `<runId>/<path>[<from>..<to>]`. */
export function createSlicing(
  origin: SliceOrigin,
  control: RunControl,
  handover: Handover,
  pace: Pace,
): Slicing {
  const open = new Semaphore(MAX_OPEN_SLICES);
  const runSlice = (call: SliceCall): Promise<SliceResult | Failure | undefined> => {
    const maxPending = Math.max(1, Math.floor(origin.maxPending / call.lanes));
    return within([open, handover, pace.gateFor(charsOf(call))], () =>
      runOne({ ...origin, ...call, maxPending }, control),
    );
  };
  return { limits: SLICE_LIMITS, allowed: allowedLimits, keepsCut: () => patched('kept-slices'), runSlice };
}

function charsOf({ items, scope }: SliceCall): number {
  return JSON.stringify([items, scope]).length;
}

/** The marks are durable, here and above. */
function allowedLimits(): SliceLimits | undefined {
  if (!patched('slices')) return undefined;
  if (patched('larger-slices')) return SLICE_LIMITS;
  const smaller = { ...SLICE_LIMITS, ofSlice: SLICE_LIMITS.activities };
  return patched('fuller-slices') ? smaller : { ...smaller, fills: Infinity };
}

async function runOne(
  request: SliceRequest,
  control: RunControl,
): Promise<SliceResult | Failure | undefined> {
  const { run, path: task, from, items, concurrency } = request;
  const to = from + items.length;
  const path = slicePath(task, from, to);
  const id = innerRunId(run.runId, path);
  try {
    const start = () =>
      startChild<(request: SliceRequest) => Promise<SliceResult>>(SLICE_WORKFLOW, {
        workflowId: id,
        args: [request],
        staticSummary: path,
        memo: { definition: run.definition, digest: run.digest, ...ownedBy(run.project) },
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      });
    const child = await onceEnded(start, request.resumes !== undefined);
    // A slice that ends before the signal has come needs none.
    const pause = (on: boolean): void =>
      void child.signal(on ? PAUSE_SLICE_SIGNAL : RESUME_SLICE_SIGNAL).catch(() => {});
    const running = Math.min(concurrency, items.length);
    const close = control.openSlice({ id, task, from, to, running }, pause);
    if (control.isPaused) pause(true);
    try {
      return await child.result();
    } finally {
      close();
    }
  } catch (error) {
    // A slice that has begun hands back what it has, also when it is cancelled; this one has not.
    return isCancellation(error) ? undefined : failureOf(error, id);
  }
}

function failureOf(error: unknown, id: string): Failure {
  if (error instanceof WorkflowExecutionAlreadyStartedError)
    return { type: CHILD_EXISTS, message: `There is a slice ${id} already, which has not ended.` };
  if (!(error instanceof ChildWorkflowFailure)) throw error;
  return {
    type: SLICE_FAILED,
    message: `The slice ${id} has failed: ${error.cause?.message ?? error.message}`,
  };
}
