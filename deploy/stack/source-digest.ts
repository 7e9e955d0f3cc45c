import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const codeFolders = [
  'definitions',
  'configs',
  'workflows',
  'activities',
  'workers',
  'deploy/model-server',
  'deploy/local-model',
];
/** Of a project, relative to its root. */
const userFolder = join('activities', 'user');
const codeFile = /\.(?:ts|json|eta)$/u;

/**
 * sha256 (hex) that changes when the code of the worker or the model server may have: names, sizes and modification
 * times of the package's source files, of its lock file and of a project's own activities, so that nothing has to be read.
 *
 * @param root the project's, where it is not the package itself.
 */
export async function digestSource(packageRoot: string, root = packageRoot): Promise<string> {
  const paths = ['package-lock.json'];
  for (const folder of codeFolders) {
    const entries = await readdir(join(packageRoot, folder), { recursive: true }).catch(() => []);
    paths.push(...entries.filter((name) => codeFile.test(name)).map((name) => join(folder, name)));
  }
  if (root !== packageRoot) {
    const names = await readdir(join(root, userFolder)).catch(() => []);
    paths.push(...names.filter((name) => codeFile.test(name)).map((name) => join(root, userFolder, name)));
  }
  const hash = createHash('sha256');
  const lines = await Promise.all(
    paths.toSorted().map(async (path) => {
      const info = await stat(resolve(packageRoot, path)).catch(() => undefined);
      return `${path} ${info?.size} ${info?.mtimeMs}\n`;
    }),
  );
  for (const line of lines) hash.update(line);
  return hash.digest('hex');
}
