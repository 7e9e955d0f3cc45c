import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { orMissing } from '../../../definitions/documents/system-error.ts';
import { StoreError } from '../store-error.ts';

/** Each may lie on a disk of its own, linked from the project. */
const DATA_FOLDERS = ['data', 'models', 'results'];

/**
 * Throws `StoreError` `OUTSIDE_ROOT` for a link below one of the folders that leads out of the project's data, since what reads by
 * glob follows it.
 *
 * @param root the folder below which keys lie as files.
 * @param folders such as `data/tables`.
 */
export async function assertNoLinkLeadsOut(root: string, folders: readonly string[]): Promise<void> {
  const bases = await Promise.all(DATA_FOLDERS.map((folder) => orMissing(realpath(join(root, folder)))));
  const inside = bases.filter((base) => base !== undefined);
  const look = async (folder: string): Promise<void> => {
    for (const entry of (await orMissing(readdir(folder, { withFileTypes: true }))) ?? []) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await look(path);
      if (!entry.isSymbolicLink()) continue;
      const target = await orMissing(realpath(path));
      if (target === undefined || inside.some((base) => target.startsWith(base + sep))) continue;
      throw new StoreError(
        'OUTSIDE_ROOT',
        `${path} is a link that leads out of the project's data, to ${target}. Remove it, or put the file itself there.`,
      );
    }
  };
  for (const folder of folders) await look(join(root, folder));
}
