/** What of a definition's inputs can be seen to be wrong before a run, where they are literal: by the activities themselves. */
import { locateAll } from '../../definitions/documents/told-problems.ts';
import type { Found, Problem } from '../../definitions/documents/problem.ts';
import type { LoadedDefinition } from '../../definitions/load.ts';
import { isActivity, isWorkflow } from '../../definitions/model/task-kind.ts';
import type { Definition, Value } from '../../definitions/model/types.ts';
import { hasExpression } from '../../definitions/model/walk-json.ts';
import { walkTasks } from '../../definitions/model/walk-tasks.ts';
import type { Literals, StaticProject } from '../activity.ts';

/** An activity as far as it looks at literal inputs. */
interface Checking {
  readonly name: string;
  check?(input: Literals, project: StaticProject): Promise<readonly Found[]>;
}

/** @param tables that the project has, in small letters. */
export async function checkLiterals(
  { definition, document }: LoadedDefinition,
  activities: readonly Checking[],
  root: string,
  tables: readonly string[],
): Promise<readonly Problem[]> {
  const project: StaticProject = { root, ...knownTables(definition, tables) };
  const found: Found[] = [];
  for (const { task, at } of walkTasks(definition)) {
    if (!isActivity(task)) continue;
    const activity = activities.find(({ name }) => name === task.activity);
    const entries = Object.entries(task.with ?? {}).filter(([, value]) => !hasExpression(value));
    for (const one of (await activity?.check?.(Object.fromEntries(entries), project)) ?? [])
      found.push({ ...one, at: [...at, 'with', ...one.at] });
  }
  return locateAll(document, found);
}

/** With those that its tasks write; not known where a name is an expression, or another definition may write some. */
function knownTables(definition: Definition, tables: readonly string[]): Pick<StaticProject, 'tables'> {
  const written: Value[] = [];
  for (const { task } of walkTasks(definition)) {
    if (isWorkflow(task)) return {};
    const into = isActivity(task) ? task.with?.['into'] : undefined;
    if (into !== undefined) written.push(into);
  }
  const names = written.flatMap((name) =>
    typeof name === 'string' && !hasExpression(name) ? [name.toLowerCase()] : [],
  );
  if (names.length < written.length) return {};
  return { tables: [...tables, ...names] };
}
