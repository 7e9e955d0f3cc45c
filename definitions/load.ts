/** From a file of `definitions/` to a checked definition, or to every problem that stands against it. */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { checkDefinition, type CheckContext } from './checks/check.ts';
import type { Callable } from './checks/check-targets.ts';
import { callsOf } from './model/walk-tasks.ts';
import { didYouMean } from './model/did-you-mean.ts';
import { parseDocument, type SourceDocument } from './documents/document.ts';
import { outputTypes } from './typing/output-types.ts';
import { sortProblems, type Checked, type Problem } from './documents/problem.ts';
import { readText } from './documents/read-text.ts';
import { checkSchema, compileSchema } from './documents/schema-check.ts';
import type { Definition, JsonSchema, Value } from './model/types.ts';
import { warnOfDefinition } from './checks/warn.ts';
import { wellFormed } from './checks/well-formed.ts';

export type { CheckContext } from './checks/check.ts';

/** A definition that has passed every check. */
export interface LoadedDefinition {
  readonly definition: Definition;
  /** Relative to the project's root. */
  readonly file: string;
  /** The file's text, for problems to be shown with and for the run's digest. */
  readonly text: string;
}

/** Where definitions are, relative to the project's root. */
const FOLDER = 'definitions';

let validate: ValidateFunction<Definition> | undefined;

function definitionValidator(): ValidateFunction<Definition> {
  if (validate !== undefined) return validate;
  const schema: JsonSchema = JSON.parse(
    readFileSync(new URL('definition.schema.json', import.meta.url), 'utf8'),
  );
  validate = compileSchema<Definition>(schema);
  return validate;
}

function unique(problems: readonly Problem[]): readonly Problem[] {
  const keys = new Set<string>();
  return problems.filter(({ code, path, line, column }) => {
    const key = `${code} ${path} ${line}:${column}`;
    return keys.has(key) ? false : keys.add(key);
  });
}

/** Checks the text of a definition; `file` (relative to the root) names it in problems. */
export function loadDefinitionText(
  text: string,
  file: string,
  context: CheckContext,
): Checked<LoadedDefinition> {
  const parsed = parseDocument(text, file);
  // A key that stands twice hides nothing else.
  const readable = parsed.ok ? parsed : parseDocument(text, file, { mayRepeatKeys: true });
  if (!readable.ok) return readable;
  const { definition, problems, warnings } = checkDocument(readable.value, context);
  const all = [...(parsed.ok ? [] : parsed.problems), ...problems];
  return definition === undefined || all.length > 0
    ? { ok: false, problems: sortProblems(unique(all)) }
    : { ok: true, value: { definition, file, text }, warnings };
}

interface CheckedDocument {
  /** Absent where the document violates the schema. */
  readonly definition?: Definition;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

function checkDocument(document: SourceDocument, context: CheckContext): CheckedDocument {
  const value: unknown = document.value;
  const isDefinition = definitionValidator();
  if (isDefinition(value)) {
    const problems = checkDefinition(value, document, context);
    const warnings = problems.length === 0 ? [...warnOfDefinition(value, document)] : [];
    return { definition: value, problems, warnings };
  }
  const rest = wellFormed(document.value);
  const problems = [
    ...checkSchema(document, isDefinition),
    ...(rest === undefined ? [] : checkDefinition(rest, document, context)),
  ];
  return { problems, warnings: [] };
}

/** The definitions of the project that others may run; of a wrong one what can be understood. */
async function readCallables(
  root: string,
  { catalogue }: CheckContext,
): Promise<ReadonlyMap<string, Callable>> {
  const callables = new Map<string, Callable>();
  for (const file of await listDefinitions(root)) {
    const text = await readText(root, file);
    const parsed = text.ok ? parseDocument(text.value, file) : text;
    const value: unknown = parsed.ok ? parsed.value.value : null;
    const definition = definitionValidator()(value) ? value : wellFormed(value as Value);
    if (definition === undefined) continue;
    const { params = {} } = definition;
    callables.set(nameOf(file), {
      params,
      calls: callsOf(definition),
      outputs: outputTypes(definition, catalogue),
    });
  }
  return callables;
}

/** Loads a file of the project at `root`; `file` is relative to it. */
export async function loadDefinition(
  root: string,
  file: string,
  context: CheckContext,
): Promise<Checked<LoadedDefinition>> {
  const text = await readText(root, file);
  if (!text.ok) return text;
  // Most definitions run no others, and need not have them read.
  const definitions = /\bworkflow\b/.test(text.value)
    ? { definitions: await readCallables(root, context) }
    : {};
  return loadDefinitionText(text.value, file, { ...context, ...definitions });
}

/** Sub-folder of definitions to learn from. */
const EXAMPLES = `${FOLDER}/examples`;

/**
 * The files of `definitions/` and `definitions/examples/` (relative to the root), each in alphabetical order; none where
 * there is no such folder.
 */
export async function listDefinitions(root: string): Promise<readonly string[]> {
  return [...(await listFolder(root, FOLDER)), ...(await listFolder(root, EXAMPLES))];
}

async function listFolder(root: string, folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(root, folder));
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .toSorted()
      .map((name) => `${folder}/${name}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function nameOf(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}

/** Files that have their definition's name in common: a problem `SEVERAL_DEFINITIONS` for each pair, at the second. */
export function findNameClashes(files: readonly string[]): readonly Problem[] {
  const owners = new Map<string, string>();
  return files.flatMap((file) => {
    const name = nameOf(file);
    const owner = owners.get(name);
    if (owner !== undefined) return [nameClash(owner, file)];
    owners.set(name, file);
    return [];
  });
}

function nameClash(first: string, second: string): Problem {
  return {
    code: 'SEVERAL_DEFINITIONS',
    message: `'${first}' and '${second}' have the same definition's name.`,
    advice: 'Rename one of them, and its file.',
    file: second,
    path: '',
    line: 1,
    column: 1,
  };
}

/**
 * Loads the definition with a name. Problems: `UNKNOWN_DEFINITION`, `SEVERAL_DEFINITIONS` (two files have the name) and
 * those of `loadDefinition`.
 */
export async function findDefinition(
  root: string,
  name: string,
  context: CheckContext,
): Promise<Checked<LoadedDefinition>> {
  const files = await listDefinitions(root);
  const [found, other] = files.filter((file) => nameOf(file) === name);
  if (found !== undefined)
    return other === undefined
      ? loadDefinition(root, found, context)
      : { ok: false, problems: [nameClash(found, other)] };
  const problem = {
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
