/**
 * Templates that searches have found, each for one task. They are versions of the prompt-optimization model, but each task has a
 * champion of its own, `models/prompts/<task>/champion.json`, so that none of them is ever put around prompts of another kind.
 */
import { promoteIn, readChampionFile, rollBackIn, type Champion } from './champions.ts';
import {
  isForOneTask,
  listVersions,
  readManifest,
  versionFiles,
  versionFolder,
  type Manifest,
} from './model-registry.ts';
import type { Store } from './store.ts';
import { StoreError } from './store-error.ts';

const role = 'prompt_optimization';
const FOLDER = 'models/prompts';

/** A version, with the tasks it is the champion of. */
export interface TaskTemplate {
  readonly version: string;
  readonly manifest: Manifest;
  readonly championOf: readonly string[];
  /** With its `{{columns}}`; undefined where none did better than the user's own. */
  readonly template: string | undefined;
}

/** All versions, in alphabetical order. */
export async function listTaskTemplates(store: Store): Promise<readonly TaskTemplate[]> {
  const champions = await listChampions(store);
  const versions = await Promise.all(
    (await listVersions(store, role)).map((version) => readManifest(store, role, version)),
  );
  return Promise.all(
    versions.filter(isForOneTask).map((manifest) => withTemplate(store, manifest, champions)),
  );
}

/**
 * A version by its name, or the champion of the task of this name.
 * @throws StoreError `NO_SUCH_MODEL` if there is neither, or it is no template for a task; `INVALID_NAME`
 */
export async function readTaskTemplate(store: Store, name: string): Promise<TaskTemplate> {
  const champions = await listChampions(store);
  const version = champions.get(name) ?? name;
  const manifest = await readManifest(store, role, version);
  if (!isForOneTask(manifest))
    throw new StoreError('NO_SUCH_MODEL', `Model version '${version}' is no template for a task.`);
  return withTemplate(store, manifest, champions);
}

/** @throws StoreError `NO_SUCH_TEMPLATE` where the search found none that is better than the user's own */
export function demandTemplate({ version, template }: TaskTemplate): string {
  if (template !== undefined) return template;
  throw new StoreError(
    'NO_SUCH_TEMPLATE',
    `The search of '${version}' found no template that is better than yours: there is nothing to use.`,
  );
}

/**
 * Makes a version the champion of a task, by hand.
 * @throws StoreError as `readTaskTemplate` and `demandTemplate`; `INVALID_NAME` for a task that is named as a version is
 */
export async function promoteTemplate(store: Store, task: string, version: string): Promise<Champion> {
  const file = taskChampionFile(task);
  const found = await readTaskTemplate(store, version);
  demandTemplate(found);
  if ((await listVersions(store, role)).includes(task))
    throw new StoreError('INVALID_NAME', `'${task}' is a version; give the task a name of its own.`);
  return promoteIn(store, file, found.version, '');
}

/** Makes the champion of a task before the present one champion again. Throws `StoreError` `NO_EARLIER_CHAMPION`. */
export async function rollBackTemplate(store: Store, task: string): Promise<Champion> {
  return rollBackIn(store, taskChampionFile(task), task);
}

/** The files that name champions, of all tasks. */
export async function listTaskChampionFiles(store: Store): Promise<readonly string[]> {
  return (await listTasks(store)).map(taskChampionFile);
}

async function listTasks(store: Store): Promise<readonly string[]> {
  const names = (await store.backend.list(FOLDER)).filter((name) => name.endsWith('/'));
  return names.map((name) => name.slice(0, -1));
}

/** The versions that are champions, by task. */
async function listChampions(store: Store): Promise<ReadonlyMap<string, string>> {
  const champions = await Promise.all(
    (await listTasks(store)).map(async (task): Promise<[string, string][]> => {
      const champion = await readChampionFile(store, taskChampionFile(task));
      return champion === undefined ? [] : [[task, champion.version]];
    }),
  );
  return new Map(champions.flat());
}

async function withTemplate(
  store: Store,
  manifest: Manifest,
  champions: ReadonlyMap<string, string>,
): Promise<TaskTemplate> {
  const { version } = manifest;
  const championOf = [...champions].filter(([, champion]) => champion === version).map(([task]) => task);
  const text = await versionFiles(store, role, version).read('template.txt');
  return { version, manifest, championOf, template: text?.replace(/\n$/u, '') };
}

/** The file that names the champion of a task; tasks are named as versions are. Throws `StoreError` `INVALID_NAME`. */
export function taskChampionFile(task: string): string {
  versionFolder(role, task);
  return `${FOLDER}/${task}/champion.json`;
}
