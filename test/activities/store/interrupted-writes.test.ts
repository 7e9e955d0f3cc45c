import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeAtomically } from '../../../activities/store/backends/local/atomic-write.ts';
import { createStore } from '../../../activities/store/create-store.ts';
import { journalFile, shardFile } from '../../../activities/store/paths.ts';
import { withTemporaryRoot } from './temporary-root.ts';

const shard = { table: 'pairs', run: 'run-1', shard: 'shard-1' } as const;
const BUSY_WRITER = fileURLToPath(new URL('./busy-writer.ts', import.meta.url));
const BIG_WRITER = fileURLToPath(new URL('./big-writer.ts', import.meta.url));

/** Lets busy-writer.ts work until it said `lines` things, kills it, and returns what it said. */
async function killWriter(root: string, lines: number): Promise<string[]> {
  const writer = spawn(process.execPath, ['--import', 'tsx', BUSY_WRITER, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  for await (const line of createInterface(writer.stdout)) {
    said.push(line);
    if (said.length === lines) writer.kill('SIGKILL');
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
  return said;
}

describe('interrupted writes', () => {
  for (const lines of [1, 40, 123]) {
    it(`a kill after ${lines} commits leaves a whole shard or none, and every acknowledged entry`, () =>
      withTemporaryRoot(async (root) => {
        const said = await killWriter(root, lines);
        const store = await createStore({ root });
        const committed = await store.findShard(shard);
        if (said.some((line) => line.startsWith('shard'))) assert(committed);
        if (committed) {
          const rows = await store.readShard(committed);
          assert.equal(rows.length, 500);
          assert.equal(new Set(rows.map((row) => row['pair_idx'])).size, 1);
        }
        const journal = await store.openJournal<string>(shard);
        const acknowledged = said
          .filter((line) => line.startsWith('entry'))
          .map((line) => line.slice('entry '.length));
        for (const key of acknowledged) assert.equal(journal.finished.get(key)?.length, 20_000);
        assert.deepEqual(
          [...journal.finished.keys()],
          Array.from(journal.finished.keys(), (_key, index) => String(index)),
        );
        await journal.close();

        await store.writeShard(shard, 'train', []);
        assert.deepEqual(await readdir(dirname(join(root, shardFile(shard)))), ['shard-1.parquet']);
        await store.close();
      }));
  }

  it('a disk that takes no more leaves no shard, no temporary file and the earlier entries', function () {
    if (process.platform === 'win32') this.skip();
    return withTemporaryRoot(async (root) => {
      // The limit of a file's size stands in for the disk's; ignoring the signal makes it an error.
      const limited = `trap '' XFSZ; ulimit -f 512; exec "$0" --import tsx "$1" "$2"`;
      const { stdout } = await promisify(execFile)('bash', [
        '-c',
        limited,
        process.execPath,
        BIG_WRITER,
        root,
      ]);
      assert.deepEqual(JSON.parse(stdout), ['done', 'refused', 'refused']);
      assert.deepEqual(await readdir(dirname(join(root, shardFile(shard)))), []);
      const store = await createStore({ root });
      assert.equal(await store.findShard(shard), undefined);
      const journal = await store.openJournal(shard);
      assert.deepEqual([...journal.finished], [['small', 'x']]);
      await journal.append('after', 1);
      await journal.close();
      const again = await store.openJournal(shard);
      assert.deepEqual([...again.finished.keys()], ['small', 'after']);
      await again.close();
      await store.removeJournal(shard);
      assert.deepEqual(await readdir(dirname(join(root, journalFile(shard)))), []);
      await store.close();
    });
  });
});

describe('writeAtomically', () => {
  it('leaves the old content and no temporary file when writing fails', () =>
    withTemporaryRoot(async (root) => {
      const path = join(root, 'file');
      await writeAtomically(path, (temporary) => writeFile(temporary, 'old'));
      await assert.rejects(
        writeAtomically(path, async (temporary) => {
          await writeFile(temporary, 'ne');
          throw new Error('no space');
        }),
        /no space/,
      );
      assert.deepEqual(await readdir(root), ['file']);
    }));

  it('cleans the temporary files of killed writers of the same file, and none of living ones or of others', () =>
    withTemporaryRoot(async (root) => {
      const path = join(root, 'file');
      let temporaryName = '';
      await writeAtomically(path, async (temporary) => {
        temporaryName = temporary;
        await writeFile(temporary, '1');
      });
      const killed = await endedProcess();
      await writeFile(temporaryName.replace(`-${process.pid}-`, `-${killed}-`), 'stale');
      await writeFile(temporaryName, 'being written');
      await writeFile(join(root, '.other.tmp'), 'kept');
      await writeAtomically(path, (temporary) => writeFile(temporary, '2'));
      assert.deepEqual(
        new Set(await readdir(root)),
        new Set(['.other.tmp', basename(temporaryName), 'file']),
      );
    }));
});

/** Id of a process that is no more. */
async function endedProcess(): Promise<number | undefined> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid;
}
