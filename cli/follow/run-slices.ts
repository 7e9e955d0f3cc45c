/** A run whose large `forEach` tasks are run in slices, seen as one: its status, and where an update has to go. */
import { isInSlice, isWithin } from '../../definitions/model/instance-path.ts';
import type { TaskState } from '../../definitions/model/types.ts';
import { STATUS_QUERY, type OpenSlice, type RunStatus, type TaskStatus } from '../../workflows/messages.ts';
import type { TemporalSession } from '../temporal/temporal-session.ts';

/** The `status` of a run or slice by its workflow id; undefined if no worker answers. */
export type AskStatus = (workflowId: string) => Promise<RunStatus | undefined>;

/** What a status shows at the most of what waits and what failed, as the query does. */
const maxShown = 50;
const openStates = ['running', 'held', 'waiting'] as const satisfies readonly TaskState[];

/** `AskStatus` over a session; gives up after `timeoutMs`. */
export function askStatusOf({ client, connection }: TemporalSession, timeoutMs: number): AskStatus {
  return (workflowId) =>
    connection
      .withDeadline(Date.now() + timeoutMs, () =>
        client.workflow.getHandle(workflowId).query<RunStatus>(STATUS_QUERY),
      )
      .catch(() => undefined);
}

/** The status with those of its open slices in it, and of theirs. */
export async function withSlices(status: RunStatus, ask: AskStatus): Promise<RunStatus> {
  const parts = await Promise.all(
    status.slices.map(async (slice): Promise<[OpenSlice, RunStatus | undefined]> => {
      const own = await ask(slice.id);
      return [slice, own === undefined ? undefined : await withSlices(own, ask)];
    }),
  );
  return parts.reduce((all, [slice, own]) => (own === undefined ? all : merge(all, slice, own)), status);
}

/** Workflow id of the run or slice that runs a task instance. */
export async function ownerOf(task: string, runId: string, ask: AskStatus): Promise<string> {
  const slice = (await ask(runId))?.slices.find((open) => isInSlice(task, open));
  return slice === undefined ? runId : ownerOf(task, slice.id, ask);
}

function merge(run: RunStatus, { running, from, to }: OpenSlice, slice: RunStatus): RunStatus {
  const [root] = slice.tasks;
  if (root === undefined) return run;
  const stillPending = to - from - running;
  return {
    ...run,
    tasks: run.tasks.map((task) => mergeAt(task, root, running, stillPending)),
    slices: [...run.slices, ...slice.slices],
    waiting: [...run.waiting, ...slice.waiting].slice(0, maxShown),
    failures: [...run.failures, ...slice.failures].slice(0, maxShown),
  };
}

/** Puts a slice's part of the tree where it belongs. */
function mergeAt(task: TaskStatus, part: TaskStatus, running: number, pending: number): TaskStatus {
  if (task.path === part.path) {
    const others = {
      ...task.counts,
      running: task.counts.running - running,
      pending: task.counts.pending - pending,
    };
    return add({ ...task, counts: others }, part);
  }
  if (!isWithin(part.path, task.path)) return task;
  return { ...task, tasks: (task.tasks ?? []).map((inner) => mergeAt(inner, part, running, pending)) };
}

function add(task: TaskStatus, part: TaskStatus): TaskStatus {
  const counts = { ...task.counts };
  for (const state of Object.keys(counts) as TaskState[]) counts[state] += part.counts[state];
  const startedAt = Math.min(task.startedAt ?? Infinity, part.startedAt ?? Infinity);
  const isActive = task.state === 'running' || task.state === 'pending';
  const isBegun = Object.entries(counts).some(([each, count]) => each !== 'pending' && count > 0);
  const state = isActive
    ? (openStates.find((other) => counts[other] > 0) ?? (isBegun ? 'running' : task.state))
    : task.state;
  return {
    ...task,
    state,
    counts,
    ...(startedAt === Infinity ? {} : { startedAt }),
    ...(task.tasks === undefined ? {} : { tasks: addAll(task.tasks, part.tasks ?? []) }),
  };
}

function addAll(tasks: readonly TaskStatus[], parts: readonly TaskStatus[]): readonly TaskStatus[] {
  return tasks.map((task) => {
    const part = parts.find(({ name }) => name === task.name);
    return part === undefined ? task : add(task, part);
  });
}
