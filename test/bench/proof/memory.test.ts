import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { heldBy, watchMemory } from '../../../bench/proof/memory.ts';

const table = [
  ' 1024 node /tmp/own/worker.ts',
  ' 2048 temporal --db-filename=/tmp/own/.prose/temporal.db',
  ' 4096 node worker.ts --root /tmp/own',
  ' 8192 node /tmp/own-other/worker.ts',
  '16384 node /srv/tmp/own/worker.ts',
  '32768 node /elsewhere/worker.ts',
].join('\n');

describe('the memory of a run', () => {
  it('is that of the processes that name its folders, and of none whose folder is only named alike', () => {
    assert.equal(heldBy(table, ['/tmp/own']), 7);
    assert.equal(heldBy(table, ['/tmp/own', '/elsewhere']), 39);
    assert.equal(heldBy('', ['/tmp/own']), 0);
  });

  it('counts a process that runs, wherever the system tells of any', async () => {
    const folder = `/of-a-run/${randomUUID()}`;
    const child = spawn(process.execPath, ['-e', 'console.log(1); process.stdin.resume()', folder]);
    try {
      await once(child.stdout, 'data');
      const held = await watchMemory([folder]).stop();
      assert.ok(held === undefined || held > 1, String(held));
    } finally {
      child.kill();
    }
  });
});
