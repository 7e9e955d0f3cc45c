import assert from 'node:assert/strict';
import { withSlices } from '../../../cli/follow/run-slices.ts';
import type { RunStatus, TaskStatus } from '../../../workflows/messages.ts';
import { noInstances } from '../../support/no-instances.ts';

function treeOf(
  counts: Partial<TaskStatus['counts']>,
  inner: Pick<TaskStatus, 'state' | 'counts'>,
): TaskStatus {
  const b = { name: 'b', path: 'each.b', kind: 'activity', ...inner } as const;
  const all = { ...noInstances, ...counts };
  return { name: 'each', path: 'each', kind: 'group', state: 'running', counts: all, tasks: [b] };
}

function runOf(tasks: readonly TaskStatus[], slices: RunStatus['slices']): RunStatus {
  return { tasks, slices, waiting: [], failures: [] } as unknown as RunStatus;
}

describe('a run with slices', () => {
  it('has begun a task of which a slice has ended some instances', async () => {
    const run = runOf(
      [treeOf({ running: 2, pending: 2 }, { state: 'pending', counts: noInstances })],
      [{ id: 'slice', task: 'each', from: 0, to: 2, running: 2 }],
    );
    const counts = { ...noInstances, succeeded: 2 };
    const slice = runOf([treeOf({ running: 2 }, { state: 'succeeded', counts })], []);
    const seen = await withSlices(run, (id) => Promise.resolve(id === 'slice' ? slice : undefined));
    assert.deepEqual(
      seen.tasks[0]?.tasks?.map(({ state, counts: { succeeded } }) => [state, succeeded]),
      [['running', 2]],
    );
  });
});
