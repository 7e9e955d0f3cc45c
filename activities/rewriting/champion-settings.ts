import type { Settings } from '../../configs/settings/types.ts';
import type { Store } from '../store/store.ts';
import { readManifest, type RegistryRole } from '../store/model-registry.ts';

/**
 * Settings to use a version with: those of now, but for what the prompt-optimization model is asked and how it samples,
 * which are those the version was tested with. Which server and model answer, and how many rewritings are asked for, is
 * decided now: servers move, and two versions are compared at equal spend. Where the pinned settings are gone, all is of now.
 */
export async function settingsOfVersion(
  store: Store,
  role: RegistryRole,
  version: string,
  settings: Settings,
): Promise<Settings> {
  const { settingsDigest } = await readManifest(store, role, version);
  const pinned = await readPinned(store, settingsDigest);
  if (pinned === undefined) return settings;
  return {
    ...settings,
    promptOptimization: {
      ...settings.promptOptimization,
      sampling: pinned.promptOptimization.sampling,
    },
    texts: {
      ...settings.texts,
      prompt_optimization_model_input: pinned.texts.prompt_optimization_model_input,
    },
  };
}

async function readPinned(store: Store, digest: string): Promise<Settings | undefined> {
  try {
    return (await store.getObject(digest)) as Settings;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'NO_SUCH_OBJECT') return undefined;
    throw error;
  }
}
