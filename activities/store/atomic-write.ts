import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Tries when another writer of the same file has cleaned this one's temporary file away. */
const MAX_ATTEMPTS = 5;

/**
 * Makes a file whole or not at all: `write` fills a temporary file in the same directory, which is fsynced and renamed.
 * Of several writers at once the last to rename wins. Whatever fails, and wherever the process is killed, `path` holds
 * what it held before or all of the new content; temporary files of killed writers go with the next write of `path`.
 */
export async function writeAtomically(
  path: string,
  write: (temporaryPath: string) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writeOnce(path, write);
      return;
    } catch (error) {
      // A writer that committed meanwhile took our temporary file for a killed writer's.
      if (!isMissing(error) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function writeOnce(path: string, write: (temporaryPath: string) => Promise<void>): Promise<void> {
  const directory = dirname(path);
  // A fixed length, so that any file name that is allowed has a temporary one.
  const prefix = `.${createHash('sha256').update(basename(path)).digest('hex').slice(0, 16)}-`;
  const temporaryPath = join(directory, `${prefix}${randomBytes(8).toString('hex')}.tmp`);
  await mkdir(directory, { recursive: true });
  try {
    await write(temporaryPath);
    await sync(temporaryPath);
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
  await sync(directory);
  const names = await readdir(directory);
  await Promise.all(
    names
      .filter((name) => name.startsWith(prefix) && name.endsWith('.tmp'))
      .map((name) => rm(join(directory, name), { force: true })),
  );
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether an error of `node:fs` says that a file or directory is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
