import assert from 'node:assert/strict';
import type { TaskState } from '../../../definitions/model/types.ts';
import { withTruth } from '../../../cli/follow/closed-status.ts';
import type { RunStatus, TaskStatus } from '../../../workflows/messages.ts';
import { noInstances } from '../../support/no-instances.ts';

const closeTime = new Date(5_000);

function described(name: string): Parameters<typeof withTruth>[1] {
  const memo = { digest: 'abc', outputs: { n: 3 } };
  const times = { startTime: new Date(1_000), ...(name !== 'RUNNING' && { closeTime }) };
  return { workflowId: 'run-1', type: 'd', status: { name, code: 0 }, memo, ...times } as never;
}

function task(name: string, state: TaskState, tasks?: readonly TaskStatus[]): TaskStatus {
  const one = { name, path: name, state, counts: { ...noInstances, [state]: 2 } };
  return tasks === undefined ? { ...one, kind: 'activity' } : { ...one, kind: 'group', tasks };
}

const running: RunStatus = {
  runId: 'run-1',
  definition: 'd',
  description: '',
  state: 'running',
  paused: true,
  params: {},
  digest: 'abc',
  startedAt: 1_000,
  tasks: [
    task('done', 'succeeded'),
    task('group', 'running', [task('a', 'held'), task('b', 'waiting'), task('c', 'pending')]),
  ],
  slices: [{ id: 's', task: 'group', from: 0, to: 1, running: 1 }],
  waiting: [{ task: 'a', state: 'held', for: 'decision', since: 0, reason: '' }],
  failures: [],
  outputs: null,
};

describe('a run that Temporal has closed', () => {
  for (const [name, state] of [
    ['TERMINATED', 'terminated'],
    ['TIMED_OUT', 'timed out'],
    ['FAILED', 'failed'],
    ['CANCELLED', 'cancelled'],
  ] as const)
    it(`is shown as ${state}, although it never heard of it, and nothing of it as going on`, () => {
      const status = withTruth(running, described(name));
      assert.equal(status?.state, state);
      assert.equal(status.endedAt, 5_000);
      assert.equal(status.paused, false);
      assert.deepEqual([status.slices, status.waiting], [[], []]);
      const [done, group] = status.tasks;
      assert.equal(done?.state, 'succeeded');
      assert.deepEqual(
        [group, ...(group?.tasks ?? [])].map((each) => [each?.state, each?.counts.cancelled]),
        [
          ['cancelled', 2],
          ['cancelled', 2],
          ['cancelled', 2],
          ['pending', 0],
        ],
      );
    });

  it('is shown by its own answer where that knows of the end', () => {
    const ended: RunStatus = { ...running, state: 'succeeded', endedAt: 4_000 };
    assert.equal(withTruth(ended, described('COMPLETED')), ended);
  });

  it('is shown by what Temporal knows where no worker answers', () => {
    const status = withTruth(undefined, described('COMPLETED'));
    assert.deepEqual(
      [
        status?.state,
        status?.definition,
        status?.startedAt,
        status?.endedAt,
        status?.digest,
        status?.outputs,
      ],
      ['succeeded', 'd', 1_000, 5_000, 'abc', { n: 3 }],
    );
  });

  it('is left as it answers, or not known, while it goes on', () => {
    assert.equal(withTruth(running, described('RUNNING')), running);
    assert.equal(withTruth(undefined, described('RUNNING')), undefined);
  });
});
