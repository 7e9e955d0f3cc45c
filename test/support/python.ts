/** Python environments of their own, made once per user from a list of requirements. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withFileLock } from '../../deploy/stack/file-lock.ts';
import { cacheDirectory } from '../../deploy/downloads/cache-directory.ts';

const run = promisify(execFile);

/** Folder of the environment's programs. The first call installs what the file of requirements names. @param name of its cache. */
export async function ensurePythonEnvironment(name: string, requirements: string): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const cache = join(cacheDirectory(process.env), name);
  const environment = join(cache, digest);
  const mark = join(environment, 'installed');
  await withFileLock(join(cache, 'lock'), async () => {
    if (existsSync(mark)) return;
    await rm(environment, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', environment]);
    await run(join(environment, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
    await writeFile(mark, '');
  });
  return join(environment, 'bin');
}
