import assert from 'node:assert/strict';
import { whyUntested } from '../../../cli/follow/run-end.ts';
import type { TaskState } from '../../../definitions/model/types.ts';
import type { TaskStatus } from '../../../workflows/messages.ts';
import { noInstances } from '../../support/no-instances.ts';

function task(path: string, state: TaskState, more: Partial<TaskStatus> = {}): TaskStatus {
  return { name: path, path, kind: 'activity', state, counts: { ...noInstances, [state]: 1 }, ...more };
}

describe('a run that tested nothing', () => {
  const outputs = { verdict: null };

  it('says which task was skipped first, and why', () => {
    const reason = "when is false: '${ x\u001B }'";
    const tasks = [
      task('pairs', 'succeeded'),
      task('train', 'skipped', { reason }),
      task('test', 'skipped', { reason: 'train was skipped' }),
    ];
    assert.equal(
      whyUntested({ tasks, outputs }),
      "No test was made: train was skipped (when is false: '${ x\u{FFFD} }')",
    );
  });

  it('finds the task inside a group', () => {
    const tasks = [task('g', 'succeeded', { kind: 'group', tasks: [task('g.inner', 'skipped')] })];
    assert.equal(whyUntested({ tasks, outputs }), 'No test was made: g.inner was skipped');
  });

  it('says nothing of tests where the definition makes none', () => {
    const tasks = [task('refused', 'skipped')];
    assert.equal(whyUntested({ tasks, outputs: { text: null } }), undefined);
  });

  it('says nothing where no task was skipped', () => {
    assert.equal(whyUntested({ tasks: [task('a', 'succeeded')], outputs }), undefined);
  });
});
