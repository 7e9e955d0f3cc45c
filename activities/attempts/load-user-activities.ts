/** The activities of a project: those of PROSE, and the user's own in `activities/user/*.ts` below the project's root. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isFields, type Fields } from '../../definitions/documents/fields.ts';
import type { ProblemCode } from '../../definitions/documents/problem-codes.ts';
import type { Checked, Problem } from '../../definitions/documents/problem.ts';
import { activities, INTERNAL_ACTIVITIES, type AnyActivity } from '../index.ts';

/** Relative to the project's root. */
const FOLDER = 'activities/user';
/** Names that Temporal and the interpreter have a use of their own for. */
const RESERVED = [...INTERNAL_ACTIVITIES, 'default'];

/**
 * Every activity that the definitions of the project at `root` may name. Importing a user's file runs it. Problems, each
 * with the file: `USER_ACTIVITY_BROKEN` (the file cannot be imported), `USER_ACTIVITY_MISSING` (it exports none),
 * `USER_ACTIVITY_INVALID` (what it exports lacks something) and `USER_ACTIVITY_CLASH` (its name is taken).
 */
export async function loadActivities(root: string): Promise<Checked<readonly AnyActivity[]>> {
  const files = await userFiles(root);
  const problems: Problem[] = [];
  const owners = new Map(activities.map(({ name }) => [name, 'PROSE itself']));
  const own: AnyActivity[] = [];
  for (const file of files) {
    const report = (code: ProblemCode, message: string, advice: string, line = 1, column = 1): void =>
      void problems.push({ code, message, advice, file, path: '', line, column });
    const exported = await importFile(join(root, file)).catch((error: unknown) => {
      const { message, line, column } = describeBreach(error);
      report('USER_ACTIVITY_BROKEN', `The file cannot be imported: ${message}.`, 'Mend it.', line, column);
      return undefined;
    });
    if (exported === undefined) continue;
    const found = Object.entries(exported).filter((entry): entry is [string, Fields] =>
      looksLikeOne(entry[1]),
    );
    if (found.length === 0) {
      const advice = 'Export an Activity by its name: `export const shout: Activity<Input, Output> = { … }`.';
      report('USER_ACTIVITY_MISSING', 'The file exports no activity.', advice);
    }
    for (const [exportName, candidate] of found) {
      const lack = whatIsWrong(candidate);
      if (lack !== undefined) {
        const message = `The activity '${exportName}' is not complete: ${lack}.`;
        report('USER_ACTIVITY_INVALID', message, 'activities/user/README.md shows a whole one.');
        continue;
      }
      const activity = candidate as unknown as AnyActivity;
      const owner = owners.get(activity.name);
      if (owner === undefined) {
        owners.set(activity.name, file);
        own.push(activity);
      } else {
        const message = `The name '${activity.name}' is taken by ${owner}.`;
        report('USER_ACTIVITY_CLASH', message, 'Give the activity another name.');
      }
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: [...activities, ...own], warnings: [] };
}

async function userFiles(root: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(root, FOLDER));
    return names
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.endsWith('.test.ts'))
      .toSorted()
      .map((name) => `${FOLDER}/${name}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function importFile(path: string): Promise<Fields> {
  const module: Fields = await import(pathToFileURL(path).href);
  // Below a root whose package.json does not say `"type": "module"`, all exports come as the default one.
  return isFields(module['default']) ? { ...module['default'], ...module } : module;
}

function looksLikeOne(value: unknown): value is Fields {
  return isFields(value) && typeof value['run'] === 'function';
}

/** What keeps a thing from being an activity; undefined if nothing does. */
function whatIsWrong(candidate: Fields): string | undefined {
  const { name, description, taskQueue, input, output, cacheable } = candidate;
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9]*$/.test(name))
    return "'name' must be letters and digits";
  if (RESERVED.includes(name)) return `the name '${name}' is reserved`;
  if (typeof description !== 'string' || description === '') return "'description' must be a text";
  if (typeof taskQueue !== 'string' || taskQueue === '') return "'taskQueue' must name a task queue";
  if (cacheable !== undefined && cacheable !== true && typeof cacheable !== 'string')
    return "'cacheable' must be true, or a text that says why not";
  for (const [key, schema] of Object.entries({ input, output })) {
    if (!isFields(schema) || schema['type'] !== 'object')
      return `'${key}' must be a JSON Schema with type: 'object'`;
    if (key === 'input' && schema['additionalProperties'] !== false)
      return "'input' must say 'additionalProperties: false', so that misspelt inputs are found";
    try {
      new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
    } catch (error) {
      return `'${key}' is no JSON Schema: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}

/** The first line of what went wrong, and where, as far as the error says so. */
function describeBreach(error: unknown): { message: string; line: number; column: number } {
  const text = error instanceof Error ? error.message : String(error);
  const [, line, column, reason] = /:(\d+):(\d+): ERROR: ([^\n]+)/.exec(text) ?? [];
  const message = (reason ?? text.split('\n')[0] ?? '').replace(/\.$/, '').slice(0, 300);
  return { message, line: Number(line ?? 1), column: Number(column ?? 0) + 1 };
}
