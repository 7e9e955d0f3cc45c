import { restsOnSimulation } from '../../configs/settings/simulated.ts';
import type { ActivityContext } from '../activity.ts';
import { readChampion, readManifest } from '../store/model-registry.ts';
import { isOutdated } from '../trainers/index.ts';

/**
 * The champion that a new version must beat; empty if there is none. What a champion has learned of simulated models is worth nothing to
 * a real one, so that it is no opponent of what learns from real ones; and one of a format that is no longer read can do nothing.
 */
export async function readOpponent({
  store,
  settings,
}: Pick<ActivityContext, 'store' | 'settings'>): Promise<string> {
  const champion = await readChampion(store, 'prompt_optimization');
  if (champion === undefined) return '';
  if (await isOutdated(store, champion.version)) return '';
  const { simulated } = await readManifest(store, 'prompt_optimization', champion.version);
  return simulated && !restsOnSimulation(settings) ? '' : champion.version;
}
