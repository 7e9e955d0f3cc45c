import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { errorCode } from '../../definitions/documents/system-error.ts';

const execute = promisify(execFile);
/** Long enough for a 200 MB binary read from a cold disk. */
const timeoutMs = 30_000;

/**
 * The version an executable reports, if it is a Temporal CLI with a development server.
 * Throws an `Error` that says in one line why it is not.
 */
export async function inspectExecutable(path: string): Promise<string> {
  const said = await ask(path, ['--version']);
  const version = /^temporal version (\S+)/mu.exec(said)?.[1];
  if (version === undefined) throw new Error(`${path} --version does not answer as the Temporal CLI does`);
  const help = await ask(path, ['server', 'start-dev', '--help']);
  if (!help.includes('--db-filename')) throw new Error(`${path} ${version} has no 'server start-dev'`);
  return version;
}

async function ask(path: string, args: readonly string[]): Promise<string> {
  try {
    return (await execute(path, args, { timeout: timeoutMs, encoding: 'utf8' })).stdout;
  } catch (error) {
    const code = errorCode(error);
    const killed = error instanceof Error && 'killed' in error && error.killed === true;
    if (code === 'ENOENT') throw new Error(`there is no file ${path}`, { cause: error });
    if (code === 'EACCES') throw new Error(`${path} may not be executed`, { cause: error });
    const how = killed ? `did not answer within ${timeoutMs / 1000} s` : 'failed';
    throw new Error(`${path} ${args.join(' ')} ${how}`, { cause: error });
  }
}
