import { restsOnSimulation } from '../../../configs/settings/simulated.ts';
import { isFields } from '../../../definitions/documents/fields.ts';
import type { ActivityContext } from '../../activity.ts';
import { readChampion, readManifest, type RegistryRole } from '../../store/model-registry.ts';
import { findTrainer } from '../../trainers/index.ts';

/**
 * The version that a training goes on from: the champion of its role, where the trainer's settings say so (`start_from`) and it has
 * weights. What a champion has learned of simulated models is nothing to go on from for a real one.
 * @returns undefined = from the model as it was before any training.
 */
export async function findParent(
  { store, settings }: Pick<ActivityContext, 'store' | 'settings'>,
  role: RegistryRole,
  settingsOfTrainer: unknown,
): Promise<string | undefined> {
  if (!isFields(settingsOfTrainer) || settingsOfTrainer['start_from'] !== 'champion') return undefined;
  const champion = await readChampion(store, role);
  if (champion === undefined) return undefined;
  const { trainer, simulated } = await readManifest(store, role, champion.version);
  if (simulated && !restsOnSimulation(settings)) return undefined;
  return findTrainer(trainer).needsWeights === true ? champion.version : undefined;
}
