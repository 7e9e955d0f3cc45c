import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InexactNumber } from '../../../activities/imports/exact-json.ts';
import { ImportError } from '../../../activities/imports/import-error.ts';
import { readRows } from '../../../activities/imports/read-rows.ts';
import { withTemporaryRoot } from '../../activities/store/temporary-root.ts';
import type { ImportCase } from './import-case.ts';

/** Reads the file of a case and holds what comes out against what must. */
export async function assertImport({ file, bytes, expected }: ImportCase): Promise<void> {
  await withTemporaryRoot(async (root) => {
    const path = join(root, file);
    await writeFile(path, bytes);
    const found = await readAll(path, file);
    if ('code' in expected) {
      assert.ok(found instanceof ImportError, JSON.stringify(found)?.slice(0, 300));
      assert.deepEqual(
        { code: found.code, line: found.line },
        { line: undefined, ...expected },
        found.message,
      );
      assert.ok(found.message.includes(file), found.message);
    } else {
      if (found instanceof Error) throw found;
      assert.deepEqual(found, expected.rows);
    }
  });
}

async function readAll(path: string, file: string): Promise<readonly object[] | ImportError> {
  try {
    const { rows, tally } = await readRows(path, file);
    const found: object[] = [];
    for await (const { cells } of rows)
      found.push(
        Object.fromEntries(
          [...cells].filter(([, value]) => value !== null && !(value instanceof InexactNumber)),
        ),
      );
    assert.equal(tally.rows, found.length);
    return found;
  } catch (error) {
    if (error instanceof ImportError) return error;
    throw error;
  }
}
