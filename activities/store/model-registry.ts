/**
 * Versions of trained models: `models/<role>/<version>/` with `model.json`, `metrics.json` and `manifest.json`,
 * and `models/<role>/champion.json`, which names the promoted version. A version is never changed once written.
 */
import type { Store } from './store.ts';
import { StoreError } from './store-error.ts';

export type RegistryRole = 'prompt_optimization' | 'main_model';

/** Where a version came from. */
export interface Manifest {
  readonly role: RegistryRole;
  readonly version: string;
  readonly trainer: string;
  /** The run that trained it. */
  readonly run: string;
  readonly settingsDigest: string;
  readonly seed: number;
  /** Versions it was trained from; empty = from nothing. */
  readonly parents: readonly string[];
  /** Digests of the data it was trained on, by table. */
  readonly data: { readonly [table: string]: string };
  /** Why there are no weights, where there are none. */
  readonly note?: string;
}

/** Content of `champion.json`. */
export interface Champion {
  readonly version: string;
  /** The run whose test it won. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly promotedAt: string;
  /** Champion before it, for rollback. */
  readonly previous: string | null;
}

/** Writes a version unless it is there; its manifest last, so that a version with a manifest is whole. */
export async function writeModelVersion(
  store: Store,
  manifest: Manifest,
  files: { readonly [name: string]: string },
): Promise<void> {
  const folder = versionFolder(manifest.role, manifest.version);
  if ((await store.readFile(`${folder}/manifest.json`)) !== undefined) return;
  for (const [name, content] of Object.entries(files)) await store.writeFile(`${folder}/${name}`, content);
  await store.writeFile(`${folder}/manifest.json`, toJson(manifest));
}

/** A JSON file of a version. Throws `StoreError` `NO_SUCH_MODEL`. */
export async function readModelFile(
  store: Store,
  role: RegistryRole,
  version: string,
  name: string,
): Promise<unknown> {
  const content = await store.readFile(`${versionFolder(role, version)}/${name}`);
  if (content === undefined) {
    throw new StoreError('NO_SUCH_MODEL', `Model version '${version}' of role '${role}' has no ${name}.`);
  }
  return JSON.parse(content);
}

export async function readChampion(store: Store, role: RegistryRole): Promise<Champion | undefined> {
  const content = await store.readFile(`models/${role}/champion.json`);
  if (content === undefined) return undefined;
  const champion: Champion = JSON.parse(content);
  return champion;
}

/** Makes a version the champion, atomically; doing it twice leaves what doing it once leaves. */
export async function promoteVersion(
  store: Store,
  role: RegistryRole,
  version: string,
  run: string,
): Promise<Champion> {
  await readModelFile(store, role, version, 'manifest.json');
  const current = await readChampion(store, role);
  if (current?.version === version && current.run === run) return current;
  const champion: Champion = {
    version,
    run,
    promotedAt: new Date().toISOString(),
    // Promoted again by another run: what was there before it still is what to go back to.
    previous: (current?.version === version ? current.previous : current?.version) ?? null,
  };
  await store.writeFile(`models/${role}/champion.json`, toJson(champion));
  return champion;
}

function versionFolder(role: RegistryRole, version: string): string {
  return `models/${role}/${version}`;
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
