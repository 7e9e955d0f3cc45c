import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { errorCode, orMissing } from '../../../../definitions/documents/system-error.ts';

/** A temporary file this old, in milliseconds, is nobody's any more, whichever machine it is from. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** Temporary files of this process that could not be removed, as on a disk that has become read only. */
const unremoved = new Set<string>();

/**
 * Makes a file whole or not at all: `write` fills a temporary file in the same directory, which is fsynced and renamed.
 * Of several writers at once the last to rename wins. Whatever fails, and wherever the process is killed, `path` holds
 * what it held before or all of the new content; temporary files of killed writers go with the next write of `path`, those
 * that could not be removed with the next one of the directory.
 *
 * @param commit renames the temporary file, or leaves it, to be removed. Default: renames it.
 */
export async function writeAtomically(
  path: string,
  write: (temporaryPath: string) => Promise<void>,
  commit: (temporaryPath: string) => Promise<void> = (temporaryPath) => rename(temporaryPath, path),
): Promise<void> {
  const directory = dirname(path);
  // A fixed length, so that any file name that is allowed has a temporary one.
  const prefix = `.${shortDigest(basename(path))}-`;
  const own = `${prefix}${machine()}-${process.pid}-${randomBytes(8).toString('hex')}.tmp`;
  const temporaryPath = join(directory, own);
  await mkdir(directory, { recursive: true });
  try {
    await write(temporaryPath);
    await sync(temporaryPath);
    await commit(temporaryPath);
  } catch (error) {
    // Why it was not written is what the caller is to hear.
    await rm(temporaryPath, { force: true }).catch(() => unremoved.add(temporaryPath));
    throw error;
  }
  await sync(directory);
  for (const name of await readdir(directory)) {
    const other = join(directory, name);
    const isLeft = unremoved.has(other);
    if (!isLeft && !(name.startsWith(prefix) && name.endsWith('.tmp'))) continue;
    if (isLeft || name === own || (await isAbandoned(other))) await rm(other, { force: true });
    unremoved.delete(other);
  }
}

/** Whether the writer of a temporary file is no more. */
async function isAbandoned(path: string): Promise<boolean> {
  const [, , host, pid] = basename(path).split(/[.-]/);
  if (host === machine() && !isAlive(Number(pid))) return true;
  const found = await orMissing(stat(path));
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

function machine(): string {
  return shortDigest(hostname());
}

function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
