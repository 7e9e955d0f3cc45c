import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { openBackend } from '../../../activities/store/open-backend.ts';
import { withTemporaryRoot } from './temporary-root.ts';

describe('openBackend', () => {
  it('opens a folder by its path and by its URL alike', () =>
    withTemporaryRoot(async (root) => {
      const byPath = openBackend(root);
      await byPath.put('data/a.txt', 'x');
      const byUrl = openBackend(pathToFileURL(root).href);
      assert.equal((await byUrl.get('data/a.txt'))?.bytes.toString(), 'x');
      await Promise.all([byPath.close(), byUrl.close()]);
    }));

  it('refuses a URL that no back end opens, instead of making a folder of its name', () => {
    for (const place of ['s3://bucket/prefix', 'S3://bucket', 'toString://x'])
      assert.throws(() => openBackend(place), { code: 'UNKNOWN_BACKEND' }, place);
  });
});
