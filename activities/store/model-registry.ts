/**
 * Versions of trained models: `models/<role>/<version>/` with `model.json`, `metrics.json` and `manifest.json`,
 * and `models/<role>/champion.json`, which names the promoted version. A version is never changed once written; only
 * `gate.json`, how its test against the champion went, comes later.
 */
import { promoteIn, readChampionFile, rollBackIn, type Champion } from './champions.ts';
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
  return readChampionFile(store, championFile(role));
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
 * @throws StoreError `NO_SUCH_MODEL`, also of another role's; `NO_WEIGHTS` for a version that is a training set only;
 *   `FOR_ONE_TASK` for what a search for a task's template has found
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
  if (isForOneTask(manifest))
    throw new StoreError(
      'FOR_ONE_TASK',
      `Model version '${version}' is a template for one task, not for all prompts: \`prose prompts promote TASK ${version}\` makes it the champion of its task.`,
    );
  return promoteIn(store, championFile(role), version, run, over);
}

/**
 * Makes the champion before the present one champion again. Throws `StoreError` `NO_EARLIER_CHAMPION`, or `NO_SUCH_MODEL` if that
 * one has been removed.
 */
export async function rollBackChampion(store: Store, role: RegistryRole): Promise<Champion> {
  const earlier = (await readChampion(store, role))?.previous ?? undefined;
  if (earlier !== undefined) await readManifest(store, role, earlier);
  return rollBackIn(store, championFile(role), role);
}

/** Whether nothing was trained: such a version holds what to train from, and no weights. */
export function isTrainingSetOnly({ trainer }: Manifest): boolean {
  return trainer === 'none';
}

/** Whether it is what a search for the template of one task has found: nothing for prompts of other kinds. */
export function isForOneTask({ trainer, data }: Manifest): boolean {
  return trainer === 'template' && data['prompt_templates'] !== undefined;
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
