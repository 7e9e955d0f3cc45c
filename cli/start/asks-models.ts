import { activitiesOf } from '../../definitions/model/walk-tasks.ts';
import type { ActivityCatalogue, Definition } from '../../definitions/model/types.ts';

/** Whether an activity of one of the definitions may ask a model of any role. */
export function asksModels(
  definitions: readonly Pick<Definition, 'tasks' | 'finally'>[],
  catalogue: ActivityCatalogue,
): boolean {
  return definitions.flatMap(activitiesOf).some((name) => catalogue.get(name)?.asksNoModel !== true);
}
