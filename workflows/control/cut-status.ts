/** Lets the answer of the `status` query fit into what Temporal takes, whatever the run. Pure. */
import { jsonBytes } from '../../definitions/model/value-size.ts';
import type { RunStatus, TaskStatus } from '../messages.ts';

/** Bytes of an answer, below Temporal's limit of 2 MB. */
const MAX_ANSWER_BYTES = 1_500_000;
/** States of tasks that are shown before all others. */
const QUIET = new Set(['pending', 'succeeded', 'skipped']);

/**
 * The status itself, or without what would make it too large: first the outputs, then the params, then tasks, of which
 * those are kept that are at work or have gone wrong, then the first ones. `cut` says what is missing.
 */
export function cutToFit(status: RunStatus, maxBytes = MAX_ANSWER_BYTES): RunStatus {
  let room = maxBytes - jsonBytes(status);
  if (room >= 0) return status;
  let cut: NonNullable<RunStatus['cut']> = {};
  let { outputs, params, tasks } = status;
  for (const part of ['outputs', 'params'] as const) {
    if (room >= 0 || status[part] === null) continue;
    room += jsonBytes(status[part]);
    cut = { ...cut, [part]: true };
    if (part === 'outputs') outputs = null;
    else params = {};
  }
  if (room < 0) {
    const kept = chooseTasks(tasks, room + jsonBytes(tasks));
    const all = tasks.flatMap(withInner).length;
    tasks = treeOf(tasks, kept);
    cut = { ...cut, tasks: all - kept.size };
  }
  return { ...status, outputs, params, tasks, cut };
}

/** The tasks that there is room for, each with the groups around it. */
function chooseTasks(tasks: readonly TaskStatus[], maxBytes: number): ReadonlySet<TaskStatus> {
  const chosen = new Set<TaskStatus>();
  let room = maxBytes;
  const choose = (task: TaskStatus, around: readonly TaskStatus[], isWanted: boolean): void => {
    const lacking = [...around, task].filter((each) => !chosen.has(each));
    const bytes = lacking.reduce((sum, each) => sum + jsonBytes({ ...each, tasks: [] }) + 1, 0);
    if (isWanted && bytes <= room) {
      room -= bytes;
      for (const each of lacking) chosen.add(each);
    }
  };
  const visit = (
    task: TaskStatus,
    around: readonly TaskStatus[],
    wants: (task: TaskStatus) => boolean,
  ): void => {
    choose(task, around, wants(task));
    for (const inner of task.tasks ?? []) visit(inner, [...around, task], wants);
  };
  for (const task of tasks) visit(task, [], ({ state }) => !QUIET.has(state));
  for (const task of tasks) visit(task, [], () => true);
  return chosen;
}

function treeOf(tasks: readonly TaskStatus[], kept: ReadonlySet<TaskStatus>): readonly TaskStatus[] {
  return tasks
    .filter((task) => kept.has(task))
    .map((task) => (task.tasks === undefined ? task : { ...task, tasks: treeOf(task.tasks, kept) }));
}

function withInner(task: TaskStatus): readonly TaskStatus[] {
  return [task, ...(task.tasks ?? []).flatMap(withInner)];
}
