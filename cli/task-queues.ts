import type { Definition, Tasks } from '../definitions/types.ts';
import { loadCatalogue } from './inputs.ts';

/** The task queues that a run of this definition needs workers on, each once. */
export async function taskQueuesOf(
  root: string,
  { tasks, finally: last, defaults }: Definition,
): Promise<readonly string[]> {
  const catalogue = await loadCatalogue(root);
  const queues = new Set<string>();
  const visit = (level: Tasks, inherited: string | undefined): void => {
    for (const task of Object.values(level)) {
      if ('tasks' in task) visit(task.tasks, task.taskQueue ?? inherited);
      else if ('activity' in task) {
        const queue = task.taskQueue ?? inherited ?? catalogue.get(task.activity)?.taskQueue;
        if (queue !== undefined) queues.add(queue);
      }
    }
  };
  visit({ ...tasks, ...last }, defaults?.taskQueue);
  return [...queues];
}
