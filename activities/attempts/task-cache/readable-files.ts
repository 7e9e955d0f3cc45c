/** What activities read: the project's data, and the files of its folder, by their paths from the root. */
import { join } from 'node:path';
import { orMissing } from '../../../definitions/documents/system-error.ts';
import { assertKey, type Backend } from '../../store/backend.ts';
import { digestContent } from './file-digest.ts';

export interface ReadableFiles {
  /** sha256 (hex) of a file, or of the contents of all files in a folder; undefined where there is none. */
  digest(path: string): Promise<string | undefined>;
}

/** What runs write; everything else in a project is written by people. */
const WRITTEN_BY_RUNS = /^(?:data|models|results)(?:\/|$)/u;

/** @param root the project's folder. */
export function readableFiles(root: string, backend: Backend): ReadableFiles {
  return {
    async digest(path) {
      assertKey(path);
      const local = WRITTEN_BY_RUNS.test(path)
        ? ((await backend.localFile(path)) ?? (await backend.localFolder(path)))
        : join(root, path);
      return orMissing(digestContent(local));
    },
  };
}
