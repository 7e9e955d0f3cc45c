/** What the local stack of one project consists of, as it stands in `.prose/stack.json`. */
import { mkdir, readdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { liesElsewhere } from '../../configs/project/identity.ts';
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

interface Place {
  readonly project: string;
  /** Real path of the root. */
  readonly root: string;
}

/**
 * The recorded state; empty if nothing was ever started, or if the record was copied along with another folder: its
 * processes are that one's. Throws `StackError` `BAD_STATE` if it cannot be understood.
 */
export async function readStackState(root: string): Promise<StackState> {
  const record = await readRecord(root);
  return record === undefined || (await isCopied(root, record.place)) ? {} : record.parts;
}

/**
 * Moves a record that was copied along with another folder, and the copy of that one's Temporal database, out of the
 * way: the runs in it are the other's, and would be paid for twice.
 *
 * @returns where they lie now, relative to the root; undefined if there was no such record.
 */
export async function setCopyAside(root: string): Promise<string | undefined> {
  const place = (await readRecord(root))?.place;
  if (place === undefined || !(await isCopied(root, place))) return undefined;
  const folder = `copied-from-${place.project}`;
  await mkdir(join(stackDirectory(root), folder), { recursive: true });
  const names = await readdir(stackDirectory(root));
  // The record last: should this be cut off, it is done again.
  for (const name of [...names.filter((one) => one.startsWith('temporal.db')), 'stack.json'])
    await rename(join(stackDirectory(root), name), join(stackDirectory(root), folder, name));
  return join('.prose', folder);
}

async function isCopied(root: string, place: Place | undefined): Promise<boolean> {
  if (place === undefined || place.root === (await realpath(root))) return false;
  return liesElsewhere(place.project, place.root, root);
}

async function readRecord(
  root: string,
): Promise<{ readonly parts: StackState; readonly place: Place | undefined } | undefined> {
  const path = statePath(root);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const { version, parts, project, root: home } = parseFields(text) ?? {};
  if (version === formatVersion && isState(parts)) {
    // Earlier versions did not say whose it is.
    const isSaid = typeof project === 'string' && typeof home === 'string';
    return { parts, place: isSaid ? { project, root: home } : undefined };
  }
  throw new StackError(
    'BAD_STATE',
    `${path} is not a stack state of this version; end its processes and remove it`,
  );
}

/**
 * Replaces the recorded state atomically.
 *
 * @param project the project's id.
 */
export async function writeStackState(root: string, project: string, parts: StackState): Promise<void> {
  const path = statePath(root);
  await mkdir(stackDirectory(root), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  const record = { version: formatVersion, project, root: await realpath(root), parts };
  await writeFile(temporary, `${JSON.stringify(record, null, 2)}\n`);
  await rename(temporary, path);
}

function isState(value: unknown): value is StackState {
  return isFields(value) && partNames.every((name) => value[name] === undefined || isPart(value[name]));
}

function isPart(value: unknown): value is Part {
  if (!isFields(value) || !isFields(value['process'])) return false;
  const { pid, started } = value['process'];
  const texts = [started, value['startedAt'], value['logFile'], value['digest']];
  const optionalTexts = [value['address'], value['uiUrl'], value['mark'], value['model'], value['servedAs']];
  return (
    typeof pid === 'number' &&
    (value['ready'] === undefined || value['ready'] === true) &&
    texts.every((text) => typeof text === 'string') &&
    optionalTexts.every((text) => text === undefined || typeof text === 'string')
  );
}

function statePath(root: string): string {
  return join(stackDirectory(root), 'stack.json');
}
