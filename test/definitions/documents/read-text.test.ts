import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFileInside, readText } from '../../../definitions/documents/read-text.ts';
import { withTemporaryRoot } from '../../activities/store/temporary-root.ts';

/** The text, or the code of the problem with its place. */
async function read(content: Uint8Array | string): Promise<string> {
  return withTemporaryRoot(async (root) => {
    await writeFile(join(root, 'a.txt'), content);
    return told(root, 'a.txt');
  });
}

async function told(root: string, file: string): Promise<string> {
  const checked = await readText(root, file);
  if (checked.ok) return checked.value;
  const [problem] = checked.problems;
  return `${problem?.code} ${problem?.line}:${problem?.column}`;
}

describe('readText', () => {
  it('reads UTF-8, line by line as it is, with any character but NUL', async () => {
    for (const text of ['', 'a\r\nb\n', 'é☃𝄞\uFFFD', '\u0001'])
      assert.equal(await read(text), text, JSON.stringify(text));
  });

  it('refuses other encodings, and where they begin to be', async () => {
    const refused: readonly (readonly [readonly number[], string])[] = [
      [[0xef, 0xbb, 0xbf, 0x61], 'WRONG_ENCODING 1:1'],
      [[0xff, 0xfe, 0x61, 0], 'WRONG_ENCODING 1:1'],
      [[0xfe, 0xff, 0, 0x61], 'WRONG_ENCODING 1:1'],
      [[0xff, 0xfe, 0, 0], 'WRONG_ENCODING 1:1'],
      [[0, 0, 0xfe, 0xff], 'WRONG_ENCODING 1:1'],
      [[0x61, 0x0a, 0x62, 0xe9, 0x0a], 'WRONG_ENCODING 2:2'],
      [[0x61, 0x0a, 0x0a, 0x62, 0], 'WRONG_ENCODING 3:2'],
      // A replacement character of the file's own stands before the byte that is wrong.
      [[0xef, 0xbf, 0xbd, 0x0a, 0xef, 0xbf, 0xbd, 0xff], 'WRONG_ENCODING 2:2'],
    ];
    for (const [bytes, problem] of refused)
      assert.equal(await read(Uint8Array.from(bytes)), problem, String(bytes));
    assert.equal(await read(Uint8Array.from([0xef, 0xbb])), 'WRONG_ENCODING 1:1');
  });

  it('reads a million bytes, and no more', async () => {
    assert.equal((await read('x'.repeat(1_000_000))).length, 1_000_000);
    assert.equal(await read('x'.repeat(1_000_001)), 'FILE_TOO_LARGE 1:1');
  });

  it('reads regular files inside the project alone, also through links', () =>
    withTemporaryRoot((outside) =>
      withTemporaryRoot(async (root) => {
        await writeFile(join(outside, 'secret'), 'x');
        await mkdir(join(root, 'folder'));
        await writeFile(join(root, 'folder', '..a'), 'in');
        await symlink(join(outside, 'secret'), join(root, 'out'));
        await symlink(join(root, 'folder', '..a'), join(root, 'within'));
        await symlink(outside, join(root, 'there'));
        const files = [
          'folder/..a',
          'within',
          'out',
          'there/secret',
          '../x',
          join(root, 'within'),
          'folder',
          'none',
          'within/x',
        ];
        const found = await Promise.all(files.map((file) => told(root, file)));
        assert.deepEqual(
          found.map((each) => each.split(' ')[0]),
          [
            'in',
            'in',
            'FILE_OUTSIDE',
            'FILE_OUTSIDE',
            'FILE_OUTSIDE',
            'FILE_OUTSIDE',
            'FILE_UNREADABLE',
            'FILE_MISSING',
            'FILE_UNREADABLE',
          ],
        );
        const inside = await Promise.all(files.map((file) => isFileInside(root, file)));
        assert.deepEqual(inside, [true, true, false, false, false, false, false, false, false]);
      }),
    ));
});
