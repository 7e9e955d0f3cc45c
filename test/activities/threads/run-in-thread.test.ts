import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInThread } from '../../../activities/threads/run-in-thread.ts';

const double = new URL('../../fixtures/jobs/double.job.ts', import.meta.url);

describe('runInThread', function () {
  this.timeout(60_000);

  it('gives what the job makes of its input', async () => {
    assert.equal(await runInThread(double, 21), 42);
  });

  it('throws the error of the job with its code', async () => {
    await assert.rejects(runInThread(double, -1), {
      name: 'JobError',
      thrown: 'NegativeError',
      code: 'NEGATIVE',
    });
  });

  it('ends a job that takes too long', async () => {
    await assert.rejects(runInThread(double, 0, { timeoutMs: 100 }), { code: 'TIMED_OUT' });
  });

  it('ends a job that is called off', async () => {
    const controller = new AbortController();
    const running = runInThread(double, 0, { signal: controller.signal });
    await sleep(50);
    controller.abort(new Error('called off'));
    await assert.rejects(running, /called off/);
  });
});
