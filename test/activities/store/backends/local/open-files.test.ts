import assert from 'node:assert/strict';
import { mkdir, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { OpenFiles } from '../../../../../activities/store/backends/local/open-files.ts';
import { withTemporaryRoot } from '../../temporary-root.ts';

describe('OpenFiles', () => {
  /** Makes the files `0`, `1`, … of which each has its number as its text. */
  const withFiles = (count: number, work: (pathOf: (number: number) => string) => Promise<void>) =>
    withTemporaryRoot(async (root) => {
      const pathOf = (number: number): string => join(root, String(number));
      await mkdir(root, { recursive: true });
      for (let number = 0; number < count; number += 1) await writeFile(pathOf(number), String(number));
      await work(pathOf);
    });
  const isOpen = ({ fd }: FileHandle): boolean => fd !== -1;

  it('keeps those open that were used last', () =>
    withFiles(4, async (pathOf) => {
      const files = new OpenFiles(2);
      const handles: FileHandle[] = [];
      for (const number of [0, 1, 0, 2, 0, 3]) {
        handles[number] = await files.use(pathOf(number), (handle) => Promise.resolve(handle));
      }
      assert.deepEqual(handles.map(isOpen), [true, false, false, true]);
      await files.closeAll();
      assert.deepEqual(handles.map(isOpen), [false, false, false, false]);
    }));

  it('closes none that is being read, and reads more than it keeps open at once', () =>
    withFiles(20, async (pathOf) => {
      const files = new OpenFiles(2);
      const numbers = Array.from({ length: 20 }, (_, number) => number);
      const handles: FileHandle[] = [];
      const texts = await Promise.all(
        [...numbers, ...numbers].map((number) =>
          files.use(pathOf(number), async (handle) => {
            handles[number] = handle;
            // In two parts, between which others are done.
            const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 1, 0);
            const rest = await handle.read(buffer, bytesRead, 7, bytesRead);
            return buffer.toString('utf8', 0, bytesRead + rest.bytesRead);
          }),
        ),
      );
      assert.deepEqual(texts, [...numbers, ...numbers].map(String));
      assert.equal(handles.filter(isOpen).length, 2);
      await files.closeAll();
    }));

  it('opens a file that was missing before', () =>
    withFiles(1, async (pathOf) => {
      const files = new OpenFiles(2);
      const read = (): Promise<string> => files.use(pathOf(5), (handle) => handle.readFile('utf8'));
      await assert.rejects(read, { code: 'ENOENT' });
      await writeFile(pathOf(5), 'here');
      assert.equal(await read(), 'here');
      await files.closeAll();
    }));
});
