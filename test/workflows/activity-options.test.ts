import assert from 'node:assert/strict';
import { activityOptions } from '../../workflows/activity-options.ts';

describe('activityOptions', () => {
  it('has the documented defaults', () => {
    assert.deepEqual(activityOptions({}, {}, 'gpu-main'), {
      taskQueue: 'gpu-main',
      startToCloseTimeout: '30m',
      heartbeatTimeout: '30s',
      retry: { maximumAttempts: 5, initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 60_000 },
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    });
  });

  it('prefers the task to the defaults of its definition, and merges retry key by key', () => {
    const task = { timeout: '12h', retry: { maximumAttempts: 1 } };
    const defaults = {
      timeout: '1m',
      heartbeat: '5s',
      taskQueue: 'own',
      retry: { initialInterval: '3s', maximumAttempts: 9 },
    };
    const options = activityOptions(task, defaults, 'gpu-main');
    assert.equal(options.startToCloseTimeout, '12h');
    assert.equal(options.heartbeatTimeout, '5s');
    assert.equal(options.taskQueue, 'own');
    assert.equal(options.retry?.maximumAttempts, 1);
    assert.equal(options.retry?.initialInterval, 3_000);
  });

  it('passes the times of waiting on only where they are given', () => {
    const options = activityOptions({ scheduleToStart: '1h', scheduleToClose: '2d' }, {}, 'q');
    assert.deepEqual([options.scheduleToStartTimeout, options.scheduleToCloseTimeout], ['1h', '2d']);
  });

  it('takes 0 attempts as without limit', () => {
    assert.equal(
      activityOptions({ retry: { maximumAttempts: 0 } }, {}, 'q').retry?.maximumAttempts,
      Infinity,
    );
  });

  it('never makes a policy that Temporal refuses, which would hang the run', () => {
    const options = activityOptions({ retry: { initialInterval: '5m' } }, {}, 'q');
    assert.equal(options.retry?.maximumInterval, 300_000);
    assert.equal(activityOptions({ retry: { initialInterval: '0s' } }, {}, 'q').retry?.initialInterval, 1);
  });
});
