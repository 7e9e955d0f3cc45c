import { closeSync, fdatasync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../../backend.ts';

const datasync = promisify(fdatasync);

/** Opens a file to append to, making it and its folder. */
export function openLocalLog(path: string): Log {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  let syncing: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const close = (): void => closeSync(file);
  return {
    append(bytes) {
      if (writeSync(file, bytes) < bytes.length)
        throw Object.assign(new Error('The disk is full.'), { code: 'ENOSPC' });
    },
    // Resolves after an fdatasync that began after this call.
    sync() {
      next ??= (syncing ?? Promise.resolve())
        .catch(() => {})
        .then(() => {
          next = undefined;
          return (syncing = datasync(file));
        });
      return next;
    },
    close,
    [Symbol.dispose]: close,
  };
}
