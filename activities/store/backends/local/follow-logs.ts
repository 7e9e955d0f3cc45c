import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LogFollower } from '../../backend.ts';

/** Coarser than the time stamps of any file system in use but FAT's, in milliseconds. */
const TIMESTAMP_MS = 50;

/** Without a wait, because a call must not begin on what was spent before the last look. */
export function followLocalLogs(directory: string, except?: string): LogFollower {
  const readBytes = new Map<string, number>();
  let listed: readonly string[] = [];
  let listedAtMs = -Infinity;

  /** Listed anew only if a file can have come since, because this is done for every call. */
  function names(): readonly string[] {
    const changedAtMs = statSync(directory, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAtMs === undefined) return [];
    if (changedAtMs + TIMESTAMP_MS >= listedAtMs) {
      listedAtMs = Date.now();
      listed = readdirSync(directory).filter((name) => name !== except && !name.startsWith('.'));
    }
    return listed;
  }

  return {
    lines() {
      const found: string[] = [];
      for (const name of names()) {
        const path = join(directory, name);
        const from = readBytes.get(name) ?? 0;
        const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
        if (size <= from) continue;
        // A line that is still being written is read once it is whole.
        const text = readPart(path, from, size);
        const whole = text.slice(0, text.lastIndexOf('\n') + 1);
        readBytes.set(name, from + Buffer.byteLength(whole));
        if (whole !== '') found.push(...whole.slice(0, -1).split('\n'));
      }
      return found;
    },
  };
}

function readPart(path: string, from: number, to: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(to - from);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}
