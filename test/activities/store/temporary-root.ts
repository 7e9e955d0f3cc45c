import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a test in an empty directory whose name has what globs, SQL and shells read as their own. */
export async function withTemporaryRoot<T>(work: (root: string) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "prose it's [a] *test* "));
  try {
    return await work(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
