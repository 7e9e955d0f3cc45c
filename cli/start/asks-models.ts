import type { Settings } from '../../configs/settings/types.ts';
import type { ActivityCatalogue, Definition, Tasks } from '../../definitions/model/types.ts';
import type { Cli } from '../cli.ts';
import { loadCatalogue, loadNamedDefinition } from './inputs.ts';

/** Whether a run of this definition, or one inside it, may ask a model of any role. Throws `CliError` `PROBLEMS`. */
export async function asksModels(cli: Cli, definition: Definition, settings: Settings): Promise<boolean> {
  const catalogue = await loadCatalogue(cli.root);
  const called = new Set<string>();
  if (mayAsk(definition, catalogue, called)) return true;
  // A set goes on over what is added meanwhile.
  for (const name of called)
    if (mayAsk(await loadNamedDefinition(cli, name, settings), catalogue, called)) return true;
  return false;
}

/** Whether an activity of the definition may; the definitions that it runs are added to `called`. */
export function mayAsk(
  { tasks, finally: last }: Pick<Definition, 'tasks' | 'finally'>,
  catalogue: ActivityCatalogue,
  called: Set<string>,
): boolean {
  const visit = (level: Tasks): boolean =>
    Object.values(level).some((task) => {
      if ('tasks' in task) return visit(task.tasks);
      if ('workflow' in task) called.add(task.workflow);
      return 'activity' in task && catalogue.get(task.activity)?.asksNoModel !== true;
    });
  return [tasks, last ?? {}].some(visit);
}
