import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inspectExecutable } from './inspect-executable.ts';

/**
 * Lets `make` write an executable under a temporary name beside `path`, proves that it is a working Temporal CLI,
 * and only then gives it its name: what lies at `path` is always whole. Returns the version it reports.
 */
export async function placeExecutable(
  path: string,
  make: (temporary: string) => Promise<void>,
): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const folder = await mkdtemp(join(dirname(path), '.making-'));
  try {
    const temporary = join(folder, 'temporal');
    await make(temporary);
    await chmod(temporary, 0o755);
    const version = await inspectExecutable(temporary);
    await rename(temporary, path);
    return version;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
