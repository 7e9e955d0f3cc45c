import { open, rename, rm, stat, link } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, orMissing } from '../../../../definitions/documents/system-error.ts';

/** Work takes milliseconds: a lock this old was left by a process that was killed in it. */
const STALE_MS = 10_000;
const POLL_MS = 5;

/**
 * Does work of a few system calls that no other process does at the same time for the same path, on any machine that has
 * the disk mounted. Not `deploy/stack/file-lock.ts`: a process id says nothing on another machine.
 */
export async function exclusively<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = join(dirname(path), `.${basename(path)}.lock`);
  let own: number | undefined;
  while (own === undefined) {
    own = await acquire(lock);
    if (own === undefined) {
      await removeStale(lock);
      await sleep(POLL_MS * (1 + Math.random()));
    }
  }
  try {
    return await work();
  } finally {
    // Another's, if this process stood still for so long that its own was taken for stale.
    if ((await orMissing(stat(lock)))?.ino === own) await rm(lock, { force: true });
  }
}

/** The number of the lock's file; undefined if there is one already. */
async function acquire(lock: string): Promise<number | undefined> {
  try {
    const handle = await open(lock, 'wx');
    try {
      return (await handle.stat()).ino;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}

async function removeStale(lock: string): Promise<void> {
  const found = await orMissing(stat(lock));
  if (found === undefined || Date.now() - found.mtimeMs < STALE_MS) return;
  const aside = `${lock}-${randomBytes(8).toString('hex')}`;
  if ((await orMissing(rename(lock, aside).then(() => true))) === undefined) return;
  // Another one has removed the stale lock meanwhile, and this is the lock of one who works.
  if ((await stat(aside)).ino !== found.ino) await link(aside, lock).catch(() => {});
  await rm(aside, { force: true });
}
