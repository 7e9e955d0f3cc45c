/**
 * Versions of trained models: `models/<role>/<version>/` with `model.json`, `metrics.json` and `manifest.json`,
 * and `models/<role>/champion.json`, which names the promoted version. A version is never changed once written; only
 * `gate.json`, how its test against the champion went, comes later.
 */
import type { Store } from './store.ts';
import { StoreError } from './store-error.ts';

export type RegistryRole = 'prompt_optimization' | 'main_model';

/** One folder's name, so that no version leaves its role. */
const VERSION_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/;

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
  /** Whether the models whose answers and scores it learned from were simulated: it then knows nothing of a real one. */
  readonly simulated: boolean;
  /** Why there are no weights, where there are none. */
  readonly note?: string;
}

/** Content of `gate.json`: what the test of a version against the champion of its time came to. */
export interface GateRecord {
  /** The run that tested it. */
  readonly run: string;
  /** Version it was compared with; empty = the untouched prompts. */
  readonly opponent: string;
  /** Whether it was proven better. */
  readonly promote: boolean;
  readonly reason: string;
  /** In points of the rubric's scale, with its 95% interval. */
  readonly gain: { readonly mean: number; readonly low: number | null; readonly high: number | null };
}

/** One change of the champion. */
export interface Promotion {
  readonly version: string;
  /** The run whose test it won; empty if somebody promoted it by hand. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly promotedAt: string;
  /** Champion to go back to; null if there was none before. */
  readonly previous: string | null;
  /** What made it champion. Default `gate`: a test. */
  readonly by?: 'gate' | 'operator' | 'rollback';
}

/** Content of `champion.json`: the champion, and all changes before, oldest first. */
export interface Champion extends Promotion {
  readonly history?: readonly Promotion[];
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

/** The files of a version, whole or in the making. */
export function versionFiles(
  store: Store,
  role: RegistryRole,
  version: string,
): {
  /** Undefined if there is none of this name. */
  read(name: string): Promise<string | undefined>;
  write(name: string, content: string): Promise<void>;
  /** Absolute path of a folder of this machine that has them. */
  folder(): Promise<string>;
} {
  const folder = versionFolder(role, version);
  return {
    read: (name) => store.readFile(`${folder}/${name}`),
    write: (name, content) => store.writeFile(`${folder}/${name}`, content),
    folder: () => store.backend.localFolder(folder),
  };
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
  const content = await store.readFile(championFile(role));
  if (content === undefined) return undefined;
  const champion: Champion = JSON.parse(content);
  return champion;
}

/** A version's manifest. Throws `StoreError` `NO_SUCH_MODEL`. */
export async function readManifest(store: Store, role: RegistryRole, version: string): Promise<Manifest> {
  return (await readModelFile(store, role, version, 'manifest.json')) as Manifest;
}

/** Says beside a version how its test went; the last test counts. */
export async function writeGateVerdict(
  store: Store,
  role: RegistryRole,
  version: string,
  record: GateRecord,
): Promise<void> {
  await store.writeFile(`${versionFolder(role, version)}/gate.json`, toJson(record));
}

/** How a version's test went; undefined if it had none against a champion. */
export async function readGateVerdict(
  store: Store,
  role: RegistryRole,
  version: string,
): Promise<GateRecord | undefined> {
  const content = await store.readFile(`${versionFolder(role, version)}/gate.json`);
  return content === undefined ? undefined : (JSON.parse(content) as GateRecord);
}

/** Names of all whole versions of a role, in alphabetical order. */
export async function listVersions(store: Store, role: RegistryRole): Promise<string[]> {
  const folder = `models/${role}`;
  const names = (await store.backend.list(folder)).filter((name) => name.endsWith('/'));
  const whole = names.map(async (name) => {
    const manifest = await store.backend.stat(`${folder}/${name}manifest.json`);
    return manifest === undefined ? [] : [name.slice(0, -1)];
  });
  return (await Promise.all(whole)).flat();
}

/**
 * Makes a version the champion, atomically; doing it twice leaves what doing it once leaves.
 * @param run empty = by hand.
 * @param over leaves the champion if it is no longer this version; empty = none. Default: whichever it is.
 * @returns the champion, which is another one if it was not `over`.
 * @throws StoreError `NO_SUCH_MODEL`, also of another role's; `NO_WEIGHTS` for a version that is a training set only
 */
export async function promoteVersion(
  store: Store,
  role: RegistryRole,
  version: string,
  run: string,
  over?: string,
): Promise<Champion> {
  const manifest = await readManifest(store, role, version);
  if (manifest.role !== role)
    throw new StoreError(
      'NO_SUCH_MODEL',
      `Model version '${version}' is of the role '${manifest.role}', not of '${role}'.`,
    );
  if (isTrainingSetOnly(manifest))
    throw new StoreError(
      'NO_WEIGHTS',
      `Model version '${version}' of role '${role}' is a training set only: there is nothing to promote.`,
    );
  return changeChampion(store, role, (current) => {
    if (over !== undefined && over !== (current?.version ?? '')) return undefined;
    if (current?.version === version && current.run === run) return undefined;
    return {
      version,
      run,
      promotedAt: new Date().toISOString(),
      // Promoted again by another run: what was there before it still is what to go back to.
      previous: (current?.version === version ? current.previous : current?.version) ?? null,
      by: run === '' ? 'operator' : 'gate',
    };
  });
}

/** Makes the champion before the present one champion again. Throws `StoreError` `NO_EARLIER_CHAMPION`. */
export async function rollBackChampion(store: Store, role: RegistryRole): Promise<Champion> {
  return changeChampion(store, role, (current) => {
    if (current === undefined || current.previous === null)
      throw new StoreError('NO_EARLIER_CHAMPION', `There is no earlier champion of '${role}' to go back to.`);
    const version = current.previous;
    const earlier = current.history?.findLast((promotion) => promotion.version === version);
    return {
      version,
      run: earlier?.run ?? '',
      promotedAt: new Date().toISOString(),
      previous: earlier?.previous ?? null,
      by: 'rollback',
    };
  });
}

/** Whether nothing was trained: such a version holds what to train from, and no weights. */
export function isTrainingSetOnly({ trainer }: Manifest): boolean {
  return trainer === 'none';
}

/** @param decide on the champion of the moment; undefined leaves it. Asked again where another process was faster. */
async function changeChampion(
  store: Store,
  role: RegistryRole,
  decide: (current: Champion | undefined) => Promotion | undefined,
): Promise<Champion> {
  let champion: Champion | undefined;
  await store.changeFile(championFile(role), (content) => {
    const current: Champion | undefined = content === undefined ? undefined : JSON.parse(content);
    const promotion = decide(current);
    champion = promotion === undefined ? current : { ...promotion, history: promotionsOf(current) };
    return promotion && toJson(champion);
  });
  // Whoever leaves it as it is has found one.
  return champion!;
}

/** All changes of a role's champion, oldest first, the present one last. */
export function promotionsOf(champion: Champion | undefined): readonly Promotion[] {
  if (champion === undefined) return [];
  const { history = [], ...last } = champion;
  return [...history, last];
}

function championFile(role: RegistryRole): string {
  return `models/${role}/champion.json`;
}

/** Folder of a version, relative to the project. Throws `StoreError` `INVALID_NAME` for what is no version's name. */
export function versionFolder(role: RegistryRole, version: string): string {
  if (!VERSION_NAME.test(version)) {
    throw new StoreError(
      'INVALID_NAME',
      `The version ${JSON.stringify(version)} must be letters, digits, '.', '_' and '-', as \`prose models list\` shows it.`,
    );
  }
  return `models/${role}/${version}`;
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
