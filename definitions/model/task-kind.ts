/** What a task is: the one place where kinds of tasks are told apart. Pure; runs inside the workflow sandbox. */
import type { ActivityTask, FailTask, GroupTask, Task, WaitTask, WorkflowTask } from './types.ts';

/** Durable: in the status of runs. */
export type TaskKind = 'activity' | 'workflow' | 'group' | 'wait' | 'fail';

/** The key of a task that tells its kind: exactly one of them must be there. */
export const KIND_KEYS: readonly string[] = ['activity', 'workflow', 'tasks', 'wait', 'fail'];

export function isActivity(task: Task): task is ActivityTask {
  return 'activity' in task;
}

export function isWorkflow(task: Task): task is WorkflowTask {
  return 'workflow' in task;
}

export function isGroup(task: Task): task is GroupTask {
  return 'tasks' in task;
}

export function isWait(task: Task): task is WaitTask {
  return 'wait' in task;
}

export function isFail(task: Task): task is FailTask {
  return 'fail' in task;
}

export function kindOf(task: Task): TaskKind {
  if (isGroup(task)) return 'group';
  if (isWait(task)) return 'wait';
  if (isFail(task)) return 'fail';
  return isWorkflow(task) ? 'workflow' : 'activity';
}
