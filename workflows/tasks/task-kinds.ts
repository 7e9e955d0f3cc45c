/** The work of one instance of a task that is no group: an activity, a run of another definition, or a wait. */
import type { Priority } from '@temporalio/common';
import { evaluate } from '../../definitions/expressions/expression.ts';
import type {
  ActivityTask,
  FailTask,
  TaskOptions,
  Value,
  WaitTask,
  WorkflowTask,
} from '../../definitions/model/types.ts';
import { assertFits } from '../../definitions/model/value-size.ts';
import { activityOptions, priorityOptions } from './activity-options.ts';
import { attempt, type Attempt } from '../state/attempt.ts';
import type { Instance } from '../state/instance.ts';
import type { LabelledSoFar, Outcomes } from '../state/outcomes.ts';
import { failed, type Settlement } from '../state/settlement.ts';
import type { Plan, Surroundings } from './surroundings.ts';
import { textOf } from './text-of.ts';
import { runWait } from './wait-runner.ts';

export function runActivityTask(
  task: ActivityTask,
  instance: Instance,
  { defaults, activities }: Plan,
  surroundings: Surroundings,
): Promise<Settlement> {
  const { path, scope } = instance;
  const call = evaluateCall(task, defaults, instance);
  if (!call.ok) return Promise.resolve(call.failure);
  const options = activityOptions(task, defaults, activities[task.activity]?.taskQueue ?? '');
  const { priority } = call.value;
  const cache = task.cache ?? defaults.cache ?? false;
  return surroundings.runActivity({
    activity: task.activity,
    task: path,
    with: call.value.with,
    chars: call.value.chars,
    options: priority === undefined ? options : { ...options, priority },
    ...(cache === false ? {} : { cache }),
    ...(scope.rounds.length === 0 ? {} : { rounds: scope.rounds }),
  });
}

/** @param outcomes know whether it has run before. */
export function runWorkflowTask(
  task: WorkflowTask,
  instance: Instance,
  { defaults }: Plan,
  outcomes: Outcomes,
  surroundings: Surroundings,
): Promise<Settlement> {
  const { path } = instance;
  const call = evaluateCall(task, defaults, instance);
  if (!call.ok) return Promise.resolve(call.failure);
  const resumes = outcomes.opened(path)?.resumes && { resumes: true as const };
  return surroundings.runWorkflow({ workflow: task.workflow, task: path, ...call.value, ...resumes });
}

/** @param outcomes know since when it waits, if an earlier execution has waited too. */
export async function runWaitTask(
  task: WaitTask,
  { path, scope, node }: Instance,
  outcomes: Outcomes,
  surroundings: Surroundings,
): Promise<Settlement> {
  const { changed, now } = surroundings;
  const { startedAt = now(), waitingSince = now(), labelled } = outcomes.opened(path) ?? {};
  const keep = (soFar: LabelledSoFar): void =>
    outcomes.open(path, { startedAt, waitingSince, labelled: soFar });
  node.suspend('waiting');
  outcomes.open(path, { startedAt, waitingSince, ...(labelled && { labelled }) });
  const memory = { since: waitingSince, labelled, keep };
  const waiting = runWait(task.wait, path, scope, surroundings, memory);
  changed?.();
  const settlement = await waiting;
  node.release('waiting');
  return settlement;
}

/** The error that the definition names. */
export function runFailTask({ fail: { code, message } }: FailTask, { scope }: Instance): Settlement {
  const why = textOf(message, scope);
  return why.ok ? failed(code, why.value) : why.failure;
}

/** What a task is given. */
interface Given {
  readonly with: Value;
  /** Characters of that as JSON. */
  readonly chars: number;
  readonly priority: Priority | undefined;
}

/** What a task is given, and its place in line; a failure where one of them cannot be evaluated, or is too large. */
function evaluateCall(
  task: ActivityTask | WorkflowTask,
  defaults: TaskOptions,
  { path, scope }: Instance,
): Attempt<Given> {
  const bindings = scope.bindings();
  return attempt(() => {
    const input = evaluate(task.with ?? {}, bindings);
    const text = JSON.stringify(input);
    assertFits(`The input of task '${path}'`, text);
    return { with: input, chars: text.length, priority: priorityOptions(task, defaults, bindings) };
  });
}
