/** The parameters of a run as they are given on the command line. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
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
  const fromFile = given.file === undefined ? {} : await readParamsFile(resolve(cwd, given.file));
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
  return [name, schema === undefined ? text : coerceParam(schema, text)];
}

async function readParamsFile(path: string): Promise<Params> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw wrongInput(`--params-file: ${path} cannot be read`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrongInput(`--params-file: ${path} is not JSON (${error instanceof Error ? error.message : ''})`);
  }
  if (isParams(value)) return value;
  throw wrongInput(`--params-file: ${path} holds no JSON object`);
}

function isParams(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
