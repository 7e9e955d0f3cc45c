import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

/** The command that runs a TypeScript file of this package with the Node that runs this one, from any folder. */
export function nodeCommand(
  packageRoot: string,
  file: string,
  args: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  const loader = pathToFileURL(require.resolve('tsx')).href;
  return { command: process.execPath, args: ['--import', loader, join(packageRoot, file), ...args] };
}
