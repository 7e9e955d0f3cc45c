/** Loads and checks what a command works with; everything wrong is told at once, with exit code 2. */
import { isAbsolute, relative, resolve } from 'node:path';
import { rolesOf } from '../../configs/settings/roles.ts';
import type { AnyActivity } from '../../activities/index.ts';
import type { Settings, SettingsOverrides } from '../../configs/settings/types.ts';
import type { Problem } from '../../definitions/documents/problem.ts';
import type { LoadedDefinition } from '../../definitions/load.ts';
import type { ActivityCatalogue, Definition } from '../../definitions/model/types.ts';
import { readCalled } from '../../definitions/model/read-called.ts';
import type { Cli } from '../cli.ts';
import { formatProblems, problemsError, sayWarning } from '../text/problems-text.ts';

/** The checked settings of the project. Throws `CliError` `PROBLEMS`. */
export async function loadProjectSettings(cli: Cli, overrides: SettingsOverrides = {}): Promise<Settings> {
  const [{ loadSettings }, { trainers }] = await Promise.all([
    import('../../configs/load.ts'),
    import('../../activities/trainers/index.ts'),
  ]);
  const settings = await loadSettings(cli.root, overrides, trainers);
  if (!settings.ok) throw problemsError(settings.problems);
  for (const { model } of rolesOf(settings.value))
    if (model.apiKeyEnv !== undefined) cli.secrets.keep(cli.context.env[model.apiKeyEnv]);
  return settings.value;
}

/** The checked definition with this name, or in this file. Throws `CliError` `PROBLEMS`. */
export async function loadNamedDefinition(
  cli: Cli,
  nameOrFile: string,
  settings?: Settings,
): Promise<Definition> {
  return (await loadWithWarnings(cli, nameOrFile, settings)).loaded.definition;
}

/** The same for one that is about to be run: what it most likely does not mean is told on standard error, and stops nothing. */
export async function loadDefinitionToRun(
  cli: Cli,
  nameOrFile: string,
  settings: Settings,
): Promise<Definition> {
  const { loaded, warnings } = await loadWithWarnings(cli, nameOrFile, settings);
  const [{ checkLiterals }, { readableTables }] = await Promise.all([
    import('../../activities/pinning/check-literals.ts'),
    import('../../activities/store/user-tables/user-tables.ts'),
  ]);
  const activities = await loadProjectActivities(cli.root);
  const problems = await checkLiterals(loaded, activities, cli.root, await readableTables(cli.backend));
  if (problems.length > 0) throw problemsError(problems);
  for (const text of await formatProblems(cli.root, warnings)) cli.note(`${sayWarning(cli, text)}\n`);
  return loaded.definition;
}

/** A definition, and those that a run of it runs, directly or through others. Throws `CliError` `PROBLEMS`. */
export async function definitionsOfRun(
  cli: Cli,
  definition: Definition,
  settings: Settings,
): Promise<readonly Definition[]> {
  const called = await readCalled(definition, (name) => loadNamedDefinition(cli, name, settings));
  return [definition, ...called.values()];
}

async function loadWithWarnings(
  cli: Cli,
  nameOrFile: string,
  settings?: Settings,
): Promise<{ readonly loaded: LoadedDefinition; readonly warnings: readonly Problem[] }> {
  const { findDefinition, loadDefinition } = await import('../../definitions/load.ts');
  const { queues } = settings ?? (await loadProjectSettings(cli));
  const context = { catalogue: await loadCatalogue(cli.root), queues: Object.keys(queues) };
  const loaded = /\.ya?ml$/u.test(nameOrFile)
    ? await loadDefinition(cli.root, projectPath(cli, nameOrFile), context)
    : await findDefinition(cli.root, nameOrFile, context);
  if (!loaded.ok) throw problemsError(loaded.problems);
  return { loaded: loaded.value, warnings: loaded.warnings };
}

/** The activities of the project, the user's own among them. Throws `CliError` `PROBLEMS`. */
export async function loadCatalogue(root: string): Promise<ActivityCatalogue> {
  const { activityCatalogue } = await import('../../activities/index.ts');
  return activityCatalogue(await loadProjectActivities(root));
}

async function loadProjectActivities(root: string): Promise<readonly AnyActivity[]> {
  const { loadActivities } = await import('../../activities/attempts/load-user-activities.ts');
  const activities = await loadActivities(root);
  if (!activities.ok) throw problemsError(activities.problems);
  return activities.value;
}

/** A path as the user typed it (from the working directory, else from the root) relative to the project's root. */
export function projectPath(cli: Cli, typed: string): string {
  const fromHere = relative(cli.root, resolve(cli.context.cwd, typed));
  return fromHere.startsWith('..') && !isAbsolute(typed) ? typed : fromHere;
}
