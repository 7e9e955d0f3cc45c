import assert from 'node:assert/strict';
import { activityOptions, priorityOptions } from '../../../workflows/tasks/activity-options.ts';

describe('activityOptions', () => {
  it('has the documented defaults', () => {
    assert.deepEqual(activityOptions({}, {}, 'gpu-main'), {
      taskQueue: 'gpu-main',
      startToCloseTimeout: 1_800_000,
      heartbeatTimeout: 30_000,
      retry: { maximumAttempts: 5, initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 60_000 },
      allowEagerDispatch: false,
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
    assert.equal(options.startToCloseTimeout, 43_200_000);
    assert.equal(options.heartbeatTimeout, 5_000);
    assert.equal(options.taskQueue, 'own');
    assert.equal(options.retry?.maximumAttempts, 1);
    assert.equal(options.retry?.initialInterval, 3_000);
  });

  it('passes the times of waiting on only where they are given', () => {
    const options = activityOptions({ scheduleToStart: '1h', scheduleToClose: '2d' }, {}, 'q');
    assert.deepEqual(
      [options.scheduleToStartTimeout, options.scheduleToCloseTimeout],
      [3_600_000, 172_800_000],
    );
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

describe('priorityOptions', () => {
  it('are those of the run where nothing is said', () =>
    assert.equal(priorityOptions({}, {}, { values: {} }), undefined));

  it("prefer the task to the defaults of its definition, and evaluate the fairness key in the task's scope", () => {
    const task = { priority: 1, fairnessKey: 'team ${ params.team }' };
    const defaults = { priority: 4, fairnessKey: 'all', fairnessWeight: 0.5 };
    assert.deepEqual(priorityOptions(task, defaults, { values: { params: { team: 7 } } }), {
      priorityKey: 1,
      fairnessKey: 'team 7',
      fairnessWeight: 0.5,
    });
  });

  it('take a key of 64 bytes and none that is longer or empty', () => {
    const keyed = (key: string) => priorityOptions({ fairnessKey: '${ key }' }, {}, { values: { key } });
    assert.equal(keyed('ü'.repeat(32))?.fairnessKey, 'ü'.repeat(32));
    assert.throws(() => keyed(`${'ü'.repeat(32)}x`), { code: 'EXPRESSION_FAILED' });
    assert.throws(() => keyed(''), { code: 'EXPRESSION_FAILED' });
  });
});
