import assert from 'node:assert/strict';
import { whyUntested } from '../../cli/run-end.ts';
import type { TaskState } from '../../definitions/types.ts';
import type { TaskStatus } from '../../workflows/messages.ts';

const none = {
  pending: 0,
  running: 0,
  held: 0,
  waiting: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  blocked: 0,
  cancelled: 0,
};

function task(path: string, state: TaskState, more: Partial<TaskStatus> = {}): TaskStatus {
  return { name: path, path, kind: 'activity', state, counts: { ...none, [state]: 1 }, ...more };
}

describe('a run that tested nothing', () => {
  it('says which task was skipped first, and why', () => {
    const reason = "when is false: '${ x\u001B }'";
    const tasks = [
      task('pairs', 'succeeded'),
      task('train', 'skipped', { reason }),
      task('test', 'skipped', { reason: 'train was skipped' }),
    ];
    assert.equal(whyUntested(tasks), "No test was made: train was skipped (when is false: '${ x\u{FFFD} }')");
  });

  it('finds the task inside a group', () => {
    const tasks = [task('g', 'succeeded', { kind: 'group', tasks: [task('g.inner', 'skipped')] })];
    assert.equal(whyUntested(tasks), 'No test was made: g.inner was skipped');
  });

  it('says nothing where no task was skipped', () => {
    assert.equal(whyUntested([task('a', 'succeeded')]), undefined);
  });
});
