/** The workflow of a slice: some items of a `forEach` task of a run, with a history of their own (slices.ts). */
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineSignal,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { RunReference } from '../../activities/activity.ts';
import { Handover } from '../temporal/handover.ts';
import { definitionPath, roundId } from '../../definitions/model/instance-path.ts';
import { PAUSE_SLICE_SIGNAL, RESUME_SLICE_SIGNAL } from '../messages.ts';
import { Outcomes } from '../state/outcomes.ts';
import { answerQueries } from './answer-queries.ts';
import { resumeSlice } from './resume-run.ts';
import { createChildRunner } from '../temporal/run-child.ts';
import { StatusOfRun } from '../control/run-status.ts';
import { createActivityScheduler } from '../temporal/schedule-activity.ts';
import { Pace } from '../temporal/pace.ts';
import { settleSlice } from './settle-slice.ts';
import { createSummary } from '../control/show-summary.ts';
import type { SliceResult } from '../items/slices.ts';
import { createSlicing, type SliceRequest } from '../temporal/start-slice.ts';
import { mayWithhold } from '../temporal/may-withhold.ts';
import { Timers } from '../temporal/timers.ts';
import { nodeOf } from '../state/status-tree.ts';
import type { Plan } from '../tasks/surroundings.ts';
import { TaskRunner } from '../tasks/task-runner.ts';
import { handleUpdates } from '../control/updates.ts';

/** From so many events on, a slice starts no further item (invariant 6). */
const MAX_EVENTS = 7_000;
/**
 * See `settleSlice`. Takes the same query and updates as a run.
 *
 * @throws ApplicationFailure `NOT_A_SLICE`, non-retryable, where no run has started it.
 */
export async function runSlice(request: SliceRequest): Promise<SliceResult> {
  if (workflowInfo().parent === undefined || !isSliceRequest(request))
    throw ApplicationFailure.nonRetryable(
      'A slice is part of a run, which starts it; start the definition instead.',
      'NOT_A_SLICE',
    );
  const { run, options, task, path, from, items, scope, maxPending, resumes } = request;
  // Earlier versions gave slices no contract.
  const plan = { ...request.plan, contract: (request.plan as Partial<Plan>).contract ?? 1 };
  const { workflowId, startTime } = workflowInfo();
  const taskPath = definitionPath(path);
  const [name = '', ...groups] = taskPath.split('.').toReversed();
  const status = new StatusOfRun(workflowId, run.definition, startTime.getTime(), {});
  const description = `Items ${from} to ${from + items.length - 1} of ${path}`;
  status.beginTasks({ description, tasks: { [name]: task } }, run.digest, groups.toReversed().join('.'));
  const { control, failures } = status;
  setHandler(defineSignal(PAUSE_SLICE_SIGNAL), () => control.pause());
  setHandler(defineSignal(RESUME_SLICE_SIGNAL), () => control.resume());
  const show = createSummary(status);
  handleUpdates(control, show);
  show();
  let outcomes: Outcomes | undefined;
  answerQueries(status, () => outcomes && { items, scope, outcomes: outcomes.record() });
  outcomes = new Outcomes(resumes === undefined ? undefined : await resumeSlice(request, run.project));

  // It ends early rather than being continued: what it has come to so far is the better memory.
  const handover = new Handover(() => false);
  const pace = new Pace();
  const timers = new Timers();
  const cancellation = CancellationScope.current();
  cancellation.cancelRequested.catch(() => control.cancel());
  const surroundings = {
    runActivity: createActivityScheduler(run, control, handover, pace, maxPending),
    runWorkflow: createChildRunner(childPrefix(run), options, handover, pace),
    slicing: createSlicing({ run, options, plan, maxPending }, control, handover, pace),
    mayWithhold,
    isCancelled: () => cancellation.consideredCancelled,
    now: () => Date.now(),
    control,
    rest: () => pace.rest(),
    startTimer: (ms: number, summary: string) => timers.start(ms, summary),
    changed: show,
  };
  const runner = new TaskRunner(plan, surroundings, failures, outcomes);
  const result = await settleSlice(
    request,
    runner,
    nodeOf(status.nodes, name),
    failures,
    () => workflowInfo().historyLength >= MAX_EVENTS,
  );
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  return result;
}

/** With what the ids of child runs begin; the rounds of a run have ids of their own. */
function childPrefix({ runId, round = 0 }: RunReference): string {
  return round > 0 && patched('rounds-of-slices') ? roundId(runId, round) : runId;
}

/** Whether it has what the slice is begun with; its run has made the rest. */
function isSliceRequest(request: Partial<SliceRequest> | null | undefined): boolean {
  return (
    typeof request?.path === 'string' &&
    typeof request.from === 'number' &&
    Array.isArray(request.items) &&
    typeof request.run === 'object' &&
    typeof request.plan === 'object' &&
    typeof request.task === 'object'
  );
}
