import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeOver, withFileLock } from '../../../deploy/stack/file-lock.ts';
import { killChild, startChild, temporaryFolder } from './child-process.ts';

describe('file lock', () => {
  let path: string;
  beforeEach(async () => {
    path = join(await temporaryFolder(), 'locks', 'stack.lock');
  });

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(5);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withFileLock(path, work)));
    assert.equal(most, 1);
    assert.deepEqual(await readdir(dirname(path)), []);
  });

  it('is given back when the work fails', async () => {
    await assert.rejects(
      withFileLock(path, () => Promise.reject(new Error('broken'))),
      /broken/u,
    );
    assert.equal(await withFileLock(path, () => Promise.resolve('in')), 'in');
  });

  it('waits for a live holder, telling its pid', async () => {
    const child = await startChild();
    await withFileLock(path, () => Promise.resolve());
    await writeFile(path, JSON.stringify({ ...child.identity, token: 'theirs' }));
    const told: number[] = [];
    const waiting = withFileLock(
      path,
      () => Promise.resolve('in'),
      (pid) => told.push(pid),
    );
    while (told.length === 0) await sleep(5);
    assert.deepEqual(told, [child.identity.pid]);
    await killChild(child);
    assert.equal(await waiting, 'in');
  });

  it('is taken over from a holder whose pid another process has now', async () => {
    const holder = { pid: process.pid, started: 'an earlier process', token: 'theirs' };
    await withFileLock(path, () => Promise.resolve());
    await writeFile(path, JSON.stringify(holder));
    let inside = 0;
    await Promise.all(
      [1, 2, 3, 4].map(() =>
        withFileLock(path, async () => {
          inside += 1;
          assert.equal(inside, 1);
          assert.notEqual((await readFile(path, 'utf8')).includes('theirs'), true);
          inside -= 1;
        }),
      ),
    );
  });

  it('is not taken from whoever has taken it over meanwhile', async () => {
    await withFileLock(path, async () => {
      const mine = await readFile(path, 'utf8');
      await takeOver(path, { pid: 1, started: 'long ago', token: 'of the dead' });
      assert.equal(await readFile(path, 'utf8'), mine);
      await takeOver(path, JSON.parse(mine));
      await assert.rejects(readFile(path), { code: 'ENOENT' });
    });
  });

  it('is taken over when its content is nobody’s', async () => {
    await withFileLock(path, () => Promise.resolve());
    await writeFile(path, '{"pid":');
    assert.equal(await withFileLock(path, () => Promise.resolve('in')), 'in');
  });
});
