import type { Settings } from '../../configs/settings/types.ts';
import type { Definition, Tasks } from '../../definitions/model/types.ts';
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
  const visit = (level: Tasks, inherited: string | undefined): void => {
    for (const task of Object.values(level)) {
      if ('tasks' in task) visit(task.tasks, task.taskQueue ?? inherited);
      else if ('workflow' in task) called.add(task.workflow);
      else if ('activity' in task) {
        const queue = task.taskQueue ?? inherited ?? catalogue.get(task.activity)?.taskQueue;
        if (queue !== undefined) queues.add(queue);
      }
    }
  };
  const visitAll = ({ tasks, finally: last, defaults }: Definition): void =>
    visit({ ...tasks, ...last }, defaults?.taskQueue);
  visitAll(definition);
  // A set goes on over what is added meanwhile.
  for (const name of called) visitAll(await loadNamedDefinition(cli, name, settings));
  return [...queues];
}
