/** Checks the files of a project, for `prose validate` and `prose doctor`. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../definitions/documents/problem.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';

export interface FileCheck {
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Checks the files named, relative to the root, or all there are. Throws `CliError` for a file that is none of them. */
export async function checkFiles(cli: Cli, named: readonly string[] = []): Promise<FileCheck> {
  const [{ loadSettings }, load, files, { activityCatalogue }, { loadActivities }, { trainers }] =
    await Promise.all([
      import('../../configs/load.ts'),
      import('../../definitions/load.ts'),
      import('../../definitions/loading/files.ts'),
      import('../../activities/index.ts'),
      import('../../activities/attempts/load-user-activities.ts'),
      import('../../activities/trainers/index.ts'),
    ]);
  const [{ checkLiterals }, { readableTables }] = await Promise.all([
    import('../../activities/pinning/check-literals.ts'),
    import('../../activities/store/user-tables/user-tables.ts'),
  ]);
  const { root } = cli;
  const all = {
    definitions: await files.listDefinitions(root),
    settings: [
      ...(await filesIn(root, 'configs', /\.ya?ml$/u)),
      ...(await filesIn(root, 'model_input', /\.txt$/u)),
    ],
  };
  const isWanted = (file: string): boolean => named.length === 0 || named.includes(file);
  const definitions =
    named.length === 0
      ? all.definitions
      : named.filter((file) => /\.ya?ml$/u.test(file) && !file.startsWith('configs/'));
  const unknown = named.find((file) => !definitions.includes(file) && !all.settings.includes(file));
  if (unknown !== undefined) {
    throw wrongInput(`${unknown} is neither a definition (YAML) nor a file of configs/ or model_input/`);
  }
  const settings = await loadSettings(root, {}, trainers);
  const settingsProblems = settings.ok ? [] : settings.problems.filter(({ file }) => isWanted(file));
  // Wrong configs are told as such; without their task queues every definition would be wrong as well.
  const queues = settings.ok ? { queues: Object.keys(settings.value.queues) } : {};
  const activities = await loadActivities(root);
  const context = { catalogue: activityCatalogue(activities.ok ? activities.value : undefined), ...queues };
  const cache = new load.DefinitionCache();
  const checked = await Promise.all(
    definitions.map((file) => load.loadDefinition(root, file, context, cache)),
  );
  const tables = await readableTables(cli.backend);
  const literals = await Promise.all(
    checked.map(async (result) =>
      result.ok && activities.ok ? await checkLiterals(result.value, activities.value, root, tables) : [],
    ),
  );
  const definitionProblems = [
    ...checked.flatMap((result) => (result.ok ? [] : result.problems)),
    ...literals.flat(),
  ];
  return {
    files: [...definitions, ...all.settings.filter(isWanted)],
    problems: [
      ...settingsProblems,
      ...(activities.ok ? [] : activities.problems),
      ...files.findNameClashes(all.definitions).filter(({ file }) => isWanted(file)),
      // As with the configs: a task that names an activity of a broken file is not wrong itself.
      ...definitionProblems.filter(({ code }) => activities.ok || code !== 'UNKNOWN_ACTIVITY'),
    ],
    warnings: [
      ...(settings.ok ? settings.warnings.filter(({ file }) => isWanted(file)) : []),
      ...checked.flatMap((result) => (result.ok ? result.warnings : [])),
    ],
  };
}

async function filesIn(root: string, folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(join(root, folder)).catch(() => []);
  return names
    .filter((name) => pattern.test(name))
    .toSorted()
    .map((name) => `${folder}/${name}`);
}
