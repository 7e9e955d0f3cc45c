import type { TaskStatus } from '../../workflows/messages.ts';

/** The counts of a task that has no instance yet. */
export const noInstances: TaskStatus['counts'] = {
  pending: 0,
  running: 0,
  held: 0,
  waiting: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  blocked: 0,
  cancelled: 0,
};
