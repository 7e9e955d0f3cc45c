import type { Settings } from '../../configs/settings/types.ts';
import { activitiesOf, callsOf } from '../../definitions/model/walk-tasks.ts';
import type { ActivityCatalogue, Definition } from '../../definitions/model/types.ts';
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
  definition: Pick<Definition, 'tasks' | 'finally'>,
  catalogue: ActivityCatalogue,
  called: Set<string>,
): boolean {
  for (const name of callsOf(definition)) called.add(name);
  return activitiesOf(definition).some((name) => catalogue.get(name)?.asksNoModel !== true);
}
