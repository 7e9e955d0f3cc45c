import type { Settings } from '../../configs/settings/types.ts';
import { isActivity, isWorkflow } from '../../definitions/model/task-kind.ts';
import { walkTasks } from '../../definitions/model/walk-tasks.ts';
import type { Definition } from '../../definitions/model/types.ts';
import type { Cli } from '../cli.ts';
import { loadCatalogue, loadNamedDefinition } from './inputs.ts';

/** The task queues that a run of this definition, and the runs inside it, need workers on, each once. */
export async function taskQueuesOf(
  cli: Cli,
  definition: Definition,
  settings: Settings,
): Promise<readonly string[]> {
  const catalogue = await loadCatalogue(cli.root);
  const queues = new Set<string>();
  const called = new Set<string>();
  const add = (used: Definition): void => {
    for (const { task } of walkTasks(used)) {
      if (isWorkflow(task)) called.add(task.workflow);
      if (!isActivity(task)) continue;
      const queue = task.taskQueue ?? used.defaults?.taskQueue ?? catalogue.get(task.activity)?.taskQueue;
      if (queue !== undefined) queues.add(queue);
    }
  };
  add(definition);
  // A set goes on over what is added meanwhile.
  for (const name of called) add(await loadNamedDefinition(cli, name, settings));
  return [...queues];
}
