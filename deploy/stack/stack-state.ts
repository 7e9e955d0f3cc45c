/** What the local stack of one project consists of, as it stands in `.prose/stack.json`. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFields } from '../../definitions/documents/fields.ts';
import { errorCode } from '../../definitions/documents/system-error.ts';
import { parseFields } from '../../definitions/documents/json-text.ts';
import { StackError } from './stack-error.ts';
import { partNames, type Part, type PartName } from './stack-part.ts';

export type StackState = { readonly [name in PartName]?: Part };

const formatVersion = 1;

/** Folder of everything the stack writes but its data: state, lock, logs and Temporal's database. */
export function stackDirectory(root: string): string {
  return join(root, '.prose');
}

/** The recorded state; empty if nothing was ever started. Throws `StackError` `BAD_STATE` if it cannot be understood. */
export async function readStackState(root: string): Promise<StackState> {
  const path = statePath(root);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {};
    throw error;
  }
  const { version, parts } = parseFields(text) ?? {};
  if (version === formatVersion && isState(parts)) return parts;
  throw new StackError(
    'BAD_STATE',
    `${path} is not a stack state of this version; end its processes and remove it`,
  );
}

/** Replaces the recorded state atomically. */
export async function writeStackState(root: string, parts: StackState): Promise<void> {
  const path = statePath(root);
  await mkdir(stackDirectory(root), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify({ version: formatVersion, parts }, null, 2)}\n`);
  await rename(temporary, path);
}

function isState(value: unknown): value is StackState {
  return isFields(value) && partNames.every((name) => value[name] === undefined || isPart(value[name]));
}

function isPart(value: unknown): value is Part {
  if (!isFields(value) || !isFields(value['process'])) return false;
  const { pid, started } = value['process'];
  const texts = [started, value['startedAt'], value['logFile'], value['digest']];
  const optionalTexts = [value['address'], value['uiUrl']];
  return (
    typeof pid === 'number' &&
    texts.every((text) => typeof text === 'string') &&
    optionalTexts.every((text) => text === undefined || typeof text === 'string')
  );
}

function statePath(root: string): string {
  return join(stackDirectory(root), 'stack.json');
}
