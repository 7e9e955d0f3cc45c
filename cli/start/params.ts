/** The parameters of a run as they are given on the command line. */
import { resolve } from 'node:path';
import { inexactNumber, parseExactJson, type ExactJson } from '../../activities/imports/exact-json.ts';
import { ImportError } from '../../activities/imports/import-error.ts';
import { openText } from '../../activities/imports/open-text.ts';
import { coerceParam, type Params } from '../../definitions/checks/params.ts';
import type { Definition, JsonSchema, Value } from '../../definitions/model/types.ts';
import { wrongInput } from '../cli-error.ts';

export interface GivenParams {
  /** `key=value` each. */
  readonly assignments: readonly string[];
  /** Path of a JSON file with an object. */
  readonly file?: string;
  readonly seed?: number;
}

/**
 * Parameters by name: those of the file, over them the assignments, over them the seed. Whether they are right, the
 * definition's schemas decide. Throws `CliError` `WRONG_INPUT`.
 */
export async function readParams(definition: Definition, given: GivenParams, cwd: string): Promise<Params> {
  const fromFile = given.file === undefined ? {} : await readParamsFile(resolve(cwd, given.file), given.file);
  const assigned = given.assignments.map((assignment) =>
    parseAssignment(assignment, definition.params ?? {}),
  );
  return {
    ...fromFile,
    ...Object.fromEntries(assigned),
    ...(given.seed !== undefined && { seed: given.seed }),
  };
}

/** `key=value`, the value read as the parameter's schema wants it; of an unknown parameter it stays a text. */
export function parseAssignment(
  assignment: string,
  schemas: { readonly [name: string]: JsonSchema },
): [name: string, value: Value] {
  const equals = assignment.indexOf('=');
  if (equals < 1)
    throw wrongInput(`--param ${assignment}: key=value is expected, e.g. --param basePrompts=60`);
  const [name, text] = [assignment.slice(0, equals), assignment.slice(equals + 1)];
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  const value = schema === undefined ? text : coerceParam(schema, text);
  if (typeof value !== 'string') assertUnchanged(name, text);
  return [name, value];
}

/** JSON's readers round numbers and drop keys. */
function assertUnchanged(name: string, text: string): void {
  let what: string | undefined;
  try {
    const number = inexactNumber(parseExactJson(text));
    if (number !== undefined) what = `has the number ${number}, which would be changed`;
  } catch (error) {
    what = error instanceof Error ? error.message : String(error);
  }
  if (what !== undefined) throw wrongInput(`--param ${name} ${what}`);
}

async function readParamsFile(path: string, shown: string): Promise<Params> {
  let value: ExactJson;
  try {
    let text = '';
    for await (const piece of openText(path, shown)) text += piece;
    value = parseExactJson(text);
  } catch (error) {
    if (error instanceof ImportError) throw wrongInput(`--params-file: ${error.message}`);
    if (error instanceof Error && 'syscall' in error)
      throw wrongInput(`--params-file: ${shown} cannot be read`);
    throw wrongInput(`--params-file: ${shown} is not JSON (${error instanceof Error ? error.message : ''})`);
  }
  const number = inexactNumber(value);
  if (number !== undefined) {
    const what = `has the number ${number}, which JSON's readers would change; write it in quotes`;
    throw wrongInput(`--params-file: ${shown} ${what}`);
  }
  if (isParams(value)) return value;
  throw wrongInput(`--params-file: ${shown} holds no JSON object`);
}

function isParams(value: ExactJson): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
