/**
 * A lock between processes: a file that names its holder. A holder that died leaves a stale lock, which the next
 * one takes over. The file is made by `link`, so it is never seen without its content.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../definitions/documents/system-error.ts';
import { parseFields } from '../../definitions/documents/json-text.ts';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts';

interface Holder extends ProcessIdentity {
  readonly token: string;
}

/** A takeover lasts microseconds; one this old was left by a process that died in it. */
const takeoverStaleMs = 5_000;
const pollMs = 100;

/**
 * Runs `work` while holding the lock file at `path`; its folder is created. Waits without limit for a live holder
 * and calls `onWait` once, with the holder's pid, when it has to.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: (holderPid: number) => void = () => {},
): Promise<T> {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new Error(`Process ${process.pid} cannot identify itself`);
  const holder: Holder = { ...self, token: randomUUID() };
  await mkdir(dirname(path), { recursive: true });
  let told = false;
  while (!(await tryAcquire(path, holder))) {
    const current = await readHolder(path);
    if (current === undefined) continue;
    if (!isAlive(current)) await takeOver(path, current);
    else {
      if (!told) onWait(current.pid);
      told = true;
      await sleep(pollMs);
    }
  }
  try {
    return await work();
  } finally {
    const current = await readHolder(path);
    if (current?.token === holder.token) await unlink(path);
  }
}

async function tryAcquire(path: string, holder: Holder): Promise<boolean> {
  const temporary = `${path}.${holder.token}`;
  await writeFile(temporary, JSON.stringify(holder));
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const { pid, started, token } = parseFields(text) ?? {};
  if (typeof pid === 'number' && typeof started === 'string' && typeof token === 'string') {
    return { pid, started, token };
  }
  // Not of our making, or cut off by a full disk: nobody can be holding it.
  return { pid: 0, started: '', token: text };
}

/**
 * Removes a dead holder's lock. Two waiters may both have seen it dead; without the second lock the slower one
 * would remove the lock that the faster one has just acquired.
 */
export async function takeOver(path: string, dead: Holder): Promise<void> {
  const guard = `${path}.takeover`;
  try {
    await writeFile(guard, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const age = await stat(guard).then(
      (info) => Date.now() - info.mtimeMs,
      () => 0,
    );
    if (age > takeoverStaleMs) await unlink(guard).catch(() => {});
    await sleep(pollMs);
    return;
  }
  try {
    const current = await readHolder(path);
    if (current?.token === dead.token) await unlink(path);
  } finally {
    await unlink(guard);
  }
}
