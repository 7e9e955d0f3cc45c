import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { captureCli } from '../captured-cli.ts';

const packageRoot = fileURLToPath(new URL('../../..', import.meta.url));

describe('prose worker', function () {
  this.timeout(60_000);
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'prose-worker-verb-'));
    for (const folder of ['definitions', 'configs', 'model_input']) {
      await cp(join(packageRoot, folder), join(root, folder), { recursive: true });
    }
  });

  function startWorker(queue: string): ChildProcess {
    const args = [
      join(packageRoot, 'cli', 'prose.mjs'),
      '--root',
      root,
      'worker',
      '--without-gpus',
      '--queue',
      queue,
    ];
    // Nobody listens at the address: the worker goes on trying to connect.
    const env = { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1', CUDA_VISIBLE_DEVICES: '' };
    return spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  /** The runtime of Temporal's SDK, which takes over the signals, is there by then. */
  async function untilItWaits({ stderr }: ChildProcess): Promise<void> {
    assert.ok(stderr);
    let said = '';
    for await (const chunk of stderr.iterator({ destroyOnReturn: false })) {
      said += String(chunk);
      if (said.includes('Waiting for the Temporal server')) break;
    }
    stderr.resume();
  }

  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    it(`takes its worker with it at ${signal}`, async () => {
      const prose = startWorker('gpu-main');
      await untilItWaits(prose);
      prose.kill(signal);
      // Standard error is the worker's too: it is closed when both have ended.
      const [exitCode] = await once(prose, 'close');
      assert.equal(exitCode, 0);
    });
  }

  it('takes its worker with it when it is killed and cannot tell it', async () => {
    const prose = startWorker('gpu-main');
    await untilItWaits(prose);
    prose.kill('SIGKILL');
    // Standard error is the worker's too, and closes with its end.
    await once(prose, 'close');
  });

  it('works for no server that happens to listen, where the project has none', async () => {
    const { exitCode, stderr } = await captureCli(['--root', root, 'worker', '--queue', 'prose'], {
      env: { PATH: process.env['PATH'] },
    });
    assert.equal(exitCode, 1);
    assert.match(stderr, /prose up/);
  });

  it('ends with exit code 2 for a task queue that there is not', async () => {
    const prose = startWorker('nothing');
    prose.stderr?.resume();
    const [exitCode] = await once(prose, 'close');
    assert.equal(exitCode, 2);
  });
});
