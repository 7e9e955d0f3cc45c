/**
 * What a task queue of `configs/queues.yaml` is called on a Temporal server: its name, with a prefix before it where several
 * projects share a namespace. A run is on `<prefix>prose`, and has its work done on the task queues of the same prefix. Pure.
 */

/** @param prefix may be empty. */
export function withPrefix(prefix: string, name: string): string {
  return `${prefix}${name}`;
}

/**
 * The prefix of the task queue that a run is on; empty for a task queue of another name.
 *
 * @param name of the task queue of runs, without a prefix.
 */
export function prefixOf(taskQueue: string, name: string): string {
  return taskQueue.endsWith(name) ? taskQueue.slice(0, -name.length) : '';
}
