/**
 * Which versions of a role may be removed, and removing them. Kept are the newest, the champions and what they would be rolled back
 * to, the versions of runs that go on, and the parents of all these.
 */
import { listDeep } from './backend.ts';
import { readChampionFile, type Champion } from './champions.ts';
import {
  listVersions,
  readChampion,
  readManifest,
  versionFolder,
  type Manifest,
  type RegistryRole,
} from './model-registry.ts';
import type { Store } from './store.ts';
import { listTaskChampionFiles } from './task-templates.ts';

/** Why a version stays. */
export type KeptBecause = 'newest' | 'champion' | 'rollback' | 'run' | 'parent';

export interface DatedVersion extends Pick<Manifest, 'version' | 'run' | 'parents'> {
  /** When it was whole, in milliseconds since 1970. */
  readonly madeMs: number;
}

export interface RetentionRule {
  /** So many of the newest stay, at least 1. */
  readonly keep: number;
  /** Ids of runs that go on; those that they have started are `<id>/…`. */
  readonly runsGoingOn: readonly string[];
}

/** What becomes of each version, in their order. Pure. */
export function decideRetention(
  versions: readonly DatedVersion[],
  champions: readonly Pick<Champion, 'version' | 'previous'>[],
  { keep, runsGoingOn }: RetentionRule,
): readonly { readonly version: string; readonly because: KeptBecause | undefined }[] {
  const newest = versions
    .toSorted((one, other) => other.madeMs - one.madeMs || (one.version < other.version ? 1 : -1))
    .slice(0, keep);
  const reasons = new Map<string, KeptBecause>(newest.map(({ version }) => [version, 'newest']));
  for (const { version, run } of versions)
    if (runsGoingOn.some((id) => run === id || run.startsWith(`${id}/`))) reasons.set(version, 'run');
  for (const { previous } of champions) if (previous !== null) reasons.set(previous, 'rollback');
  for (const { version } of champions) reasons.set(version, 'champion');
  const known = new Map(versions.map((one) => [one.version, one]));
  // A map that grows is gone through to its end, so that parents' parents stay, too.
  for (const version of reasons.keys())
    for (const parent of known.get(version)?.parents ?? [])
      if (!reasons.has(parent)) reasons.set(parent, 'parent');
  return versions.map(({ version }) => ({ version, because: reasons.get(version) }));
}

/** Reads what the rule needs and decides; removes nothing. */
export async function planRetention(
  store: Store,
  role: RegistryRole,
  rule: RetentionRule,
): Promise<ReturnType<typeof decideRetention>> {
  const versions = await Promise.all(
    (await listVersions(store, role)).map(async (version) => ({
      ...(await readManifest(store, role, version)),
      madeMs: (await store.backend.stat(manifestOf(role, version)))?.modifiedMs ?? 0,
    })),
  );
  const files = role === 'prompt_optimization' ? await listTaskChampionFiles(store) : [];
  const found = [
    await readChampion(store, role),
    ...(await Promise.all(files.map((file) => readChampionFile(store, file)))),
  ];
  return decideRetention(
    versions,
    found.flatMap((champion) => champion ?? []),
    rule,
  );
}

/** Bytes of all files of a version. */
export async function sizeOfVersion(store: Store, role: RegistryRole, version: string): Promise<number> {
  const keys = await listDeep(store.backend, versionFolder(role, version));
  const sizes = await Promise.all(keys.map(async (key) => (await store.backend.stat(key))?.sizeBytes ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Removes a version; its manifest first, so that half a version never counts as one. */
export async function removeVersion(store: Store, role: RegistryRole, version: string): Promise<void> {
  const manifest = manifestOf(role, version);
  const keys = await listDeep(store.backend, versionFolder(role, version));
  await store.backend.delete(manifest);
  for (const key of keys) if (key !== manifest) await store.backend.delete(key);
}

function manifestOf(role: RegistryRole, version: string): string {
  return `${versionFolder(role, version)}/manifest.json`;
}
