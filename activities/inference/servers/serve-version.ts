import type { RoleConfig } from '../../../configs/settings/types.ts';
import { versionFiles, type RegistryRole } from '../../store/model-registry.ts';
import type { Store } from '../../store/store.ts';
import type { ModelClient } from '../model-client.ts';
import { assertServes, readProbes } from './probe-adapter.ts';

export interface ServingContext {
  readonly models: ModelClient;
  readonly store: Store;
  readonly signal: AbortSignal;
}

/**
 * Has the servers of a role serve a version of it that is an adapter, beside what they serve already, so that champion and
 * challenger are asked side by side; each answers the version's probes first. The folder must be at the same path on the
 * servers' machines.
 * @returns the config to ask that version with.
 * @throws AdapterError, `WRONG_ADAPTER` among them; ModelError
 */
export async function serveVersion<Config extends RoleConfig>(
  { models, store, signal }: ServingContext,
  config: Config,
  role: RegistryRole,
  version: string,
): Promise<Config> {
  const name = `${role}-${version}`;
  const files = versionFiles(store, role, version);
  await models.adapters.load(config.model, { name, path: await files.folder() });
  const served = { ...config, model: { ...config.model, name } };
  await assertServes({ models, signal }, { served, base: config }, await readProbes(files), role);
  return served;
}
