/** From a file of `definitions/` to a checked definition, or to every problem that stands against it. */
import { checkDefinition, warnOfDefinition } from './checks/check-definition.ts';
import type { SourceDocument } from './documents/document.ts';
import { sortProblems, type Checked, type Found, type Problem } from './documents/problem.ts';
import { readText } from './documents/read-text.ts';
import { firstProblems, locateAll } from './documents/told-problems.ts';
import { ContentCache } from './loading/content-cache.ts';
import { FOLDER, listDefinitions, nameClash, nameOf } from './loading/files.ts';
import { parseDefinition, type ParsedDefinition } from './loading/parse-definition.ts';
import type { Callable, CheckContext } from './model/check-context.ts';
import { didYouMean } from './model/did-you-mean.ts';
import type { ActivityCatalogue, Definition } from './model/types.ts';
import { readCalled } from './model/read-called.ts';
import { callsOf, type HasTasks } from './model/walk-tasks.ts';
import { outputTypes } from './typing/output-types.ts';

/** A definition that has passed every check. */
export interface LoadedDefinition {
  readonly definition: Definition;
  /** Relative to the project's root. */
  readonly file: string;
  /** Where its parts stand, for what is found later. */
  readonly document: SourceDocument;
}

/** What was parsed and checked before: the same text in the same surroundings is looked at once. */
export class DefinitionCache {
  readonly parsed = new ContentCache<ParsedDefinition>();
  readonly #checked = new WeakMap<ActivityCatalogue, ContentCache<Checked<LoadedDefinition>>>();

  /** A catalogue has no content to tell it by: each has a part of its own. */
  checkedWith(catalogue: ActivityCatalogue): ContentCache<Checked<LoadedDefinition>> {
    const checked = this.#checked.get(catalogue) ?? new ContentCache();
    this.#checked.set(catalogue, checked);
    return checked;
  }
}

/** Checks the text of a definition; `file` (relative to the root) names it in problems. */
export function loadDefinitionText(
  text: string,
  file: string,
  context: CheckContext,
  cache = new DefinitionCache(),
): Checked<LoadedDefinition> {
  const { catalogue, definitions = [], ...others } = context;
  return cache
    .checkedWith(catalogue)
    .get([file, text, others, [...definitions]], () =>
      checkParsed(parseCached(text, file, cache), file, context),
    );
}

function parseCached(text: string, file: string, cache: DefinitionCache): ParsedDefinition {
  return cache.parsed.get([file, text], () => parseDefinition(text, file));
}

function checkParsed(
  { problems, document, definition, isWhole, isSmall, found }: ParsedDefinition,
  file: string,
  context: CheckContext,
): Checked<LoadedDefinition> {
  if (document === undefined) return { ok: false, problems: sortProblems(firstProblems(problems)) };
  const subject = definition && { definition, value: document.value, file, context };
  const all = function* (): Generator<Found> {
    yield* found();
    if (subject !== undefined && isSmall) yield* checkDefinition(subject);
  };
  const told = firstProblems([...problems, ...unique(locateAll(document, all()))]);
  if (subject === undefined || !isWhole || told.length > 0)
    return { ok: false, problems: sortProblems(told) };
  const warnings = sortProblems(locateAll(document, warnOfDefinition(subject)));
  return { ok: true, value: { definition: subject.definition, file, document }, warnings };
}

function unique(problems: readonly Problem[]): readonly Problem[] {
  const keys = new Set<string>();
  return problems.filter(({ code, path, line, column }) => {
    const key = `${code} ${path} ${line}:${column}`;
    return keys.has(key) ? false : keys.add(key);
  });
}

/** The definitions that one runs, directly or through others, as far as they can be understood. */
async function readCallables(
  root: string,
  files: readonly string[],
  definition: HasTasks,
  { catalogue }: CheckContext,
  cache: DefinitionCache,
): Promise<ReadonlyMap<string, Callable>> {
  const called = await readCalled(definition, async (name) => {
    const file = files.find((each) => nameOf(each) === name);
    if (file === undefined) return undefined;
    const text = await readText(root, file);
    return text.ok ? parseCached(text.value, file, cache).definition : undefined;
  });
  const callables = [...called].map(([name, inner]): [string, Callable] => {
    const { params = {} } = inner;
    return [name, { params, calls: callsOf(inner), outputs: outputTypes(inner, catalogue) }];
  });
  return new Map(callables);
}

/** Loads a file of the project at `root`; `file` is relative to it. */
export async function loadDefinition(
  root: string,
  file: string,
  context: CheckContext,
  cache = new DefinitionCache(),
): Promise<Checked<LoadedDefinition>> {
  const text = await readText(root, file);
  if (!text.ok) return text;
  const { definition } = parseCached(text.value, file, cache);
  const files = await listDefinitions(root);
  const definitions = await readCallables(root, files, definition ?? { tasks: {} }, context, cache);
  const surroundings = { ...context, definitions, definitionNames: files.map(nameOf) };
  return loadDefinitionText(text.value, file, surroundings, cache);
}

/**
 * Loads the definition with a name. Problems: `UNKNOWN_DEFINITION`, `SEVERAL_DEFINITIONS` (two files have the name) and
 * those of `loadDefinition`.
 */
export async function findDefinition(
  root: string,
  name: string,
  context: CheckContext,
  cache = new DefinitionCache(),
): Promise<Checked<LoadedDefinition>> {
  const files = await listDefinitions(root);
  const [found, other] = files.filter((file) => nameOf(file) === name);
  if (found !== undefined)
    return other === undefined
      ? loadDefinition(root, found, context, cache)
      : { ok: false, problems: [nameClash(found, other)] };
  const problem: Problem = {
    code: 'UNKNOWN_DEFINITION',
    message: `There is no definition '${name}'.`,
    advice: didYouMean(name, files.map(nameOf)),
    file: FOLDER,
    path: '',
    line: 1,
    column: 1,
  };
  return { ok: false, problems: [problem] };
}

/** A definition, and those that a run of it will run, directly or through others, by name. */
export interface DefinitionPlan {
  readonly definition: Definition;
  readonly definitions: ReadonlyMap<string, Definition>;
}

/** Loads what a run of a definition needs, and no other file. The problems are those of `findDefinition`, of the first wrong one. */
export async function loadPlan(
  root: string,
  name: string,
  context: CheckContext,
  cache = new DefinitionCache(),
): Promise<Checked<DefinitionPlan>> {
  const found = await findDefinition(root, name, context, cache);
  if (!found.ok) return found;
  const { definition } = found.value;
  let refused: Checked<never> | undefined;
  const definitions = await readCalled(definition, async (called) => {
    const inner = await findDefinition(root, called, context, cache);
    if (inner.ok) return inner.value.definition;
    refused ??= inner;
    return undefined;
  });
  if (refused !== undefined) return refused;
  return { ok: true, value: { definition, definitions }, warnings: found.warnings };
}
