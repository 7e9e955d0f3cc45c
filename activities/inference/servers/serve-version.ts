import type { RoleConfig } from '../../../configs/settings/types.ts';
import { versionFolder, type RegistryRole } from '../../store/model-registry.ts';
import type { Store } from '../../store/store.ts';
import type { Adapters } from './adapters.ts';

/**
 * Has the servers of a role serve a version of it that is an adapter, beside what they serve already, so that champion and
 * challenger are asked side by side. Costs one request per server once it is there: do so before each use, since a
 * server that was restarted has lost it. The folder must be at the same path on the servers' machines.
 * @returns the config to ask that version with.
 * @throws AdapterError, ModelError
 */
export async function serveVersion(
  { adapters, store }: { readonly adapters: Adapters; readonly store: Pick<Store, 'backend'> },
  config: RoleConfig,
  role: RegistryRole,
  version: string,
): Promise<RoleConfig> {
  const name = `${role}-${version}`;
  await adapters.load(config.model, {
    name,
    path: await store.backend.localFolder(versionFolder(role, version)),
  });
  return { ...config, model: { ...config.model, name } };
}
