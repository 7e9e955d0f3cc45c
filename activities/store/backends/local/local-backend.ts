/** Keys as files below the project's root, on a disk of this machine or on one that is mounted on every machine. */
import { createHash } from 'node:crypto';
import { copyFile, link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, orMissing } from '../../../../definitions/documents/system-error.ts';
import { assertKey, type Backend, type Content } from '../../backend.ts';
import { writeAtomically } from './atomic-write.ts';
import { exclusively } from './exclusively.ts';
import { followLocalLogs } from './follow-logs.ts';
import { openLocalLog } from './log.ts';
import { OpenFiles } from './open-files.ts';

/** Of files that are read in parts; more than there are full segments of kept answers. */
const MOST_OPEN_FILES = 64;

/** @param root absolute; need not exist yet. */
export function createLocalBackend(root: string): Backend {
  const open = new OpenFiles(MOST_OPEN_FILES);

  const pathOf = (key: string): string => {
    assertKey(key);
    return join(root, key);
  };

  const get = async (key: string): Promise<Content | undefined> => {
    const bytes = await orMissing(readFile(pathOf(key)));
    return bytes && { bytes, version: versionOf(bytes) };
  };

  return {
    localRoot: root,
    get,
    read: async (key, offset, length) => open.read(pathOf(key), offset, length),
    async stat(key) {
      const found = await orMissing(stat(pathOf(key)));
      return found?.isFile() === true ? { sizeBytes: found.size, modifiedMs: found.mtimeMs } : undefined;
    },
    async list(folder) {
      assertKey(folder, true);
      const directory = join(root, folder);
      const entries = (await orMissing(readdir(directory, { withFileTypes: true }))) ?? [];
      const names = entries
        .filter(({ name }) => !name.startsWith('.'))
        .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
      await open.closeOthers(directory, new Set(names));
      return names.toSorted();
    },
    put: async (key, content) =>
      writeAtomically(pathOf(key), (temporaryPath) => writeFile(temporaryPath, content)),
    putFile: async (key, fill) => writeAtomically(pathOf(key), fill),
    async putIf(key, content, version) {
      const path = pathOf(key);
      let isPut = false;
      await writeAtomically(
        path,
        (temporaryPath) => writeFile(temporaryPath, content),
        (temporaryPath) =>
          exclusively(path, async () => {
            isPut = (await get(key))?.version === version;
            if (isPut) await rename(temporaryPath, path);
          }),
      );
      return isPut;
    },
    async copy(from, to) {
      const source = pathOf(from);
      try {
        // What was committed is never written again, so both keys can have the same file.
        await writeAtomically(pathOf(to), (temporaryPath) =>
          link(source, temporaryPath).catch((error: unknown) => {
            if (isMissing(error)) throw error;
            return copyFile(source, temporaryPath);
          }),
        );
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    },
    async delete(key) {
      await open.close(pathOf(key));
      await rm(pathOf(key), { force: true });
    },
    openLog: (key) => openLocalLog(pathOf(key)),
    followLogs(folder, except) {
      assertKey(folder);
      return followLocalLogs(join(root, folder), except);
    },
    async localFile(key) {
      const path = pathOf(key);
      return (await orMissing(stat(path)))?.isFile() === true ? path : undefined;
    },
    async localFolder(folder) {
      assertKey(folder, true);
      return join(root, folder);
    },
    close: () => open.closeAll(),
  };
}

function versionOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
