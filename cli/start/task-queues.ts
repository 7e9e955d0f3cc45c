import { isActivity } from '../../definitions/model/task-kind.ts';
import { walkTasks } from '../../definitions/model/walk-tasks.ts';
import type { ActivityCatalogue, Definition } from '../../definitions/model/types.ts';

/** The task queues that the activities of the definitions need workers on, each once. */
export function taskQueuesOf(
  definitions: readonly Definition[],
  catalogue: ActivityCatalogue,
): readonly string[] {
  const queues = new Set<string>();
  for (const definition of definitions)
    for (const { task } of walkTasks(definition)) {
      if (!isActivity(task)) continue;
      const queue =
        task.taskQueue ?? definition.defaults?.taskQueue ?? catalogue.get(task.activity)?.taskQueue;
      if (queue !== undefined) queues.add(queue);
    }
  return [...queues];
}
