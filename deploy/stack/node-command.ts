import { join } from 'node:path';

/** The command that runs a TypeScript file of this package with the Node that runs this one. */
export function nodeCommand(
  packageRoot: string,
  file: string,
  args: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  return {
    command: process.execPath,
    args: ['--import', import.meta.resolve('tsx'), join(packageRoot, file), ...args],
  };
}
