import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobThread, runInThread } from '../../../activities/concurrency/job-thread.ts';

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

describe('JobThread', function () {
  this.timeout(60_000);

  it('gives each its own answer, also after a job that failed and one that had to be ended', async () => {
    const thread = new JobThread<number, number>(double);
    const inputs = [1, 2, -1, 3, 0, 4];
    const answers = await Promise.allSettled(
      inputs.map((input) => thread.run(input, input === 0 ? { timeoutMs: 100 } : {})),
    );
    thread.end();
    assert.deepEqual(
      answers.map((answer) =>
        answer.status === 'fulfilled' ? answer.value : (answer.reason as { code: string }).code,
      ),
      [2, 4, 'NEGATIVE', 6, 'TIMED_OUT', 8],
    );
  });

  it('refuses an input that cannot be copied, and goes on', async () => {
    const thread = new JobThread<unknown, number>(double);
    await assert.rejects(
      thread.run(() => 1),
      { name: 'DataCloneError' },
    );
    assert.equal(await thread.run(5), 10);
    thread.end();
  });
});
