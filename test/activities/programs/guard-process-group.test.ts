import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Whether anything is left of a process group. */
function isThere(groupId: number): boolean {
  try {
    return process.kill(-groupId, 0);
  } catch {
    return false;
  }
}

/** The group of a program whose worker was killed by SIGKILL. */
async function orphan(...args: string[]): Promise<number> {
  const script = fileURLToPath(new URL('./guarded-worker.ts', import.meta.url));
  const worker = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: worker.stdout }), 'line')) as [string];
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  return Number(line);
}

describe('the guard of a process group', () => {
  it('ends the program, and what it started, of a worker that was killed', async () => {
    const groupId = await orphan();
    const deadline = Date.now() + 15_000;
    while (isThere(groupId) && Date.now() < deadline) await sleep(50);
    const isOrphan = isThere(groupId);
    if (isOrphan) process.kill(-groupId, 'SIGKILL');
    assert.equal(isOrphan, false);
  });

  it('leaves a group alone once it was called off', async () => {
    const groupId = await orphan('call-off');
    await sleep(200);
    assert.ok(isThere(groupId));
    process.kill(-groupId, 'SIGKILL');
  });
});
