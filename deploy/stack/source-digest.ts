import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const codeFolders = ['definitions', 'configs', 'workflows', 'activities', 'workers', 'deploy/model-server'];
const codeFile = /\.(?:ts|json|eta)$/u;

/**
 * sha256 (hex) that changes when the code of the worker or the model server may have: names, sizes and modification
 * times of the package's source files and of its lock file, so that nothing has to be read.
 */
export async function digestSource(packageRoot: string): Promise<string> {
  const paths = ['package-lock.json'];
  for (const folder of codeFolders) {
    const entries = await readdir(join(packageRoot, folder), { recursive: true }).catch(() => []);
    paths.push(...entries.filter((name) => codeFile.test(name)).map((name) => join(folder, name)));
  }
  const hash = createHash('sha256');
  const lines = await Promise.all(
    paths.toSorted().map(async (path) => {
      const info = await stat(join(packageRoot, path)).catch(() => undefined);
      return `${path} ${info?.size} ${info?.mtimeMs}\n`;
    }),
  );
  for (const line of lines) hash.update(line);
  return hash.digest('hex');
}
