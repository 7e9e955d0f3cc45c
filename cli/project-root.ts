import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CliError, exitCodes } from './cli-error.ts';

const marks = ['definitions', 'configs'] as const;

/**
 * The project that commands work on: `given` if there is one, else the nearest folder from `cwd` upwards that has
 * `definitions/` and `configs/`. Throws `CliError` `NO_PROJECT`.
 */
export function findProjectRoot(cwd: string, given?: string): string {
  if (given !== undefined) {
    const root = resolve(cwd, given);
    if (isProject(root)) return root;
    throw noProject(`${root} is not a project: it has no ${marks.map((mark) => `${mark}/`).join(' and ')}`);
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (isProject(folder)) return folder;
    if (folder === dirname(folder)) break;
  }
  throw noProject(
    `Neither ${cwd} nor a folder above it has definitions/ and configs/; name the project with --root`,
  );
}

function isProject(folder: string): boolean {
  return marks.every((mark) => existsSync(join(folder, mark)));
}

function noProject(message: string): CliError {
  return new CliError('NO_PROJECT', message, exitCodes.wrongInput);
}
