/** The files of definitions: which there are, and which names they stand for. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Problem } from '../documents/problem.ts';

/** Where definitions are, relative to the project's root. */
export const FOLDER = 'definitions';
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

/** Name of the definition in a file. */
export function nameOf(file: string): string {
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

export function nameClash(first: string, second: string): Problem {
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
