/** Digests of the code that activities run, so that a change of it is a change of what they make. */
import { readdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { orMissing } from '../../../definitions/documents/system-error.ts';
import { digestFile } from './file-digest.ts';

/** sha256 (hex) by file, relative to the folder it belongs to. */
export type CodeDigests = { readonly [file: string]: string };

const packageRoot = dirname(dirname(dirname(import.meta.dirname)));
const USER_FOLDER = join('activities', 'user');
const CODE = /\.(?:[mc]?[jt]s|json|sql)$/u;

/** The code of a process as it was when it was loaded. */
export interface LoadedCode {
  /**
   * Of PROSE's own activities: the sources below `activities/`, `configs/` and `definitions/`, and the package's manifest,
   * which names the exact versions of what they use.
   */
  readonly own: CodeDigests;
  /** Of a project's own: every source below `activities/user/`, of which each may use the others. */
  readonly user: CodeDigests;
}

/** @param root the project's. */
export async function digestCode(root: string): Promise<LoadedCode> {
  const folders = ['activities', 'configs', 'definitions'].map((folder) => filesBelow(packageRoot, folder));
  const own = (await Promise.all(folders)).flat().filter((file) => !file.startsWith(USER_FOLDER + sep));
  return {
    own: await digestAll(packageRoot, ['package.json', ...own]),
    user: await digestAll(root, await filesBelow(root, USER_FOLDER)),
  };
}

async function filesBelow(root: string, folder: string): Promise<readonly string[]> {
  const entries = await orMissing(readdir(join(root, folder), { recursive: true, withFileTypes: true }));
  return (entries ?? [])
    .filter((entry) => entry.isFile() && CODE.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

async function digestAll(root: string, files: readonly string[]): Promise<CodeDigests> {
  const entries = files.map(async (file) => [file, await digestFile(join(root, file))] as const);
  return Object.fromEntries(await Promise.all(entries));
}
