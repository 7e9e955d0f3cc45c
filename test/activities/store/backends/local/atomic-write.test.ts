import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAtomically } from '../../../../../activities/store/backends/local/atomic-write.ts';

describe('a file that is written whole or not at all', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prose-atomic-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = (path: string): Promise<void> => writeFile(path, 'all of it');

  it('tells why it was not written where its temporary file cannot be removed, which goes with the next write', async () => {
    const full = new Error('no room');
    let left = '';
    const failing = writeAtomically(join(folder, 'one'), write, async (temporaryPath) => {
      left = temporaryPath;
      // Files alone are removed.
      await rm(temporaryPath);
      await mkdir(temporaryPath);
      throw full;
    });
    await assert.rejects(failing, full);
    await rmdir(left);
    await writeFile(left, 'part of it');
    await writeAtomically(join(folder, 'two'), write);
    assert.deepEqual(await readdir(folder), ['two']);
  });
});
