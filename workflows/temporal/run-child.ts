/** Runs other definitions as child workflows of a run. */
import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { innerRunId } from '../../definitions/model/instance-path.ts';
import type { Value } from '../../definitions/model/types.ts';
import { within } from './gate.ts';
import type { Handover } from './handover.ts';
import {
  CHILD_CANCELLED,
  CHILD_EXISTS,
  CHILD_TERMINATED,
  CHILD_TIMED_OUT,
  type RunOptions,
} from '../messages.ts';
import { onceEnded } from './once-ended.ts';
import type { Pace } from './pace.ts';
import { Semaphore } from './semaphore.ts';
import { cancelled, failed, succeeded, type Settlement } from '../state/settlement.ts';
import type { WorkflowCall } from '../tasks/calls.ts';

/** Child workflows of a run that are open at the most (invariant 6). */
const MAX_OPEN_CHILDREN = 200;

/**
 * A function that runs another definition. Its run's id is durable: `<runId>/<path of the task>`. A cancelled run
 * waits until its children have ended.
 *
 * @param options those of the run, which its children take over.
 */
export function createChildRunner(
  runId: string,
  options: RunOptions,
  handover: Handover,
  pace: Pace,
): (call: WorkflowCall) => Promise<Settlement> {
  const open = new Semaphore(MAX_OPEN_CHILDREN);
  return (call) =>
    within([open, handover, pace.gateFor(call.chars)], () =>
      runChild(innerRunId(runId, call.task), call, options),
    );
}

async function runChild(
  workflowId: string,
  { workflow, task, with: params, priority, resumes }: WorkflowCall,
  options: RunOptions,
): Promise<Settlement> {
  const scope = CancellationScope.current();
  try {
    const run = (): Promise<Value> =>
      executeChild(workflow, {
        workflowId,
        args: [params, resumes === true ? { ...options, resume: true } : options],
        staticSummary: task,
        ...(priority === undefined ? {} : { priority }),
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      });
    const output = await onceEnded(run, resumes === true);
    return succeeded(output);
  } catch (error) {
    if (isCancellation(error)) {
      // Somebody may have cancelled the child alone: that ends one task, not this run.
      return scope.consideredCancelled
        ? cancelled
        : failed(CHILD_CANCELLED, `The run ${workflowId} was cancelled.`);
    }
    if (error instanceof WorkflowExecutionAlreadyStartedError)
      return failed(CHILD_EXISTS, `There is a run ${workflowId} already, which has not ended.`);
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    const { cause } = error;
    if (cause instanceof TerminatedFailure)
      return failed(CHILD_TERMINATED, `The run ${workflowId} was terminated.`);
    if (cause instanceof TimeoutFailure)
      return failed(CHILD_TIMED_OUT, `The run ${workflowId} has timed out.`);
    if (cause instanceof ApplicationFailure) return failed(cause.type ?? 'Error', cause.message);
    return failed(cause?.name ?? error.name, cause?.message ?? error.message);
  }
}
