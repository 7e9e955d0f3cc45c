import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realPathInside, runDirectory } from '../../../activities/store/paths.ts';

describe('paths', () => {
  it('write what globs, shells and SQL read as their own as percent and code', () =>
    assert.equal(runDirectory("a!'()*~"), 'run=a%21%27%28%29%2A%7E'));

  it('follow a link inside the project, and none out of it', async () => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'prose-paths-')));
    try {
      const root = join(directory, 'project');
      await mkdir(join(root, 'inner'), { recursive: true });
      await symlink(join(root, 'inner'), join(root, 'near'));
      await symlink(directory, join(root, 'far'));
      assert.equal(await realPathInside(root, 'near'), join(root, 'inner'));
      assert.equal(await realPathInside(root, 'missing'), undefined);
      await assert.rejects(realPathInside(root, 'far'), { code: 'OUTSIDE_ROOT' });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
