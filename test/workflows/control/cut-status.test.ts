import assert from 'node:assert/strict';
import type { TaskState } from '../../../definitions/model/types.ts';
import { cutToFit } from '../../../workflows/control/cut-status.ts';
import type { RunStatus, TaskStatus } from '../../../workflows/messages.ts';
import { noInstances } from '../../support/no-instances.ts';

function task(path: string, state: TaskState, tasks?: readonly TaskStatus[]): TaskStatus {
  const name = path.split('.').at(-1) ?? '';
  const one = { name, path, state, counts: { ...noInstances, [state]: 1 } };
  return tasks === undefined ? { ...one, kind: 'activity' } : { ...one, kind: 'group', tasks };
}

const status: RunStatus = {
  runId: 'run-1',
  definition: 'd',
  description: '',
  state: 'running',
  paused: false,
  params: { text: 'p'.repeat(5_000) },
  digest: '',
  startedAt: 0,
  tasks: [
    task(
      'quiet',
      'running',
      Array.from({ length: 100 }, (_, index) => task(`quiet.t${index}`, 'succeeded')),
    ),
    task('loud', 'running', [task('loud.a', 'succeeded'), task('loud.b', 'failed')]),
  ],
  slices: [],
  waiting: [],
  failures: [],
  outputs: { text: 'o'.repeat(5_000) },
};
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const all = bytes(status);

describe('a status that is too large for an answer', () => {
  it('is left as it is if it fits', () => {
    assert.equal(cutToFit(status, all), status);
  });

  it('lacks its outputs first, then its params', () => {
    const { outputs, params, cut } = cutToFit(status, all - 1);
    assert.deepEqual(
      { outputs, params, cut },
      { outputs: null, params: status.params, cut: { outputs: true } },
    );
    const shorter = cutToFit(status, all - 6_000);
    assert.deepEqual(shorter.params, {});
    assert.deepEqual(shorter.cut, { outputs: true, params: true });
  });

  it('keeps the tasks that are at work or have gone wrong before all others, with their groups, in their order', () => {
    const { tasks, cut } = cutToFit(status, all - 20_000);
    assert.deepEqual(
      tasks.map(({ name }) => name),
      ['quiet', 'loud'],
    );
    assert.ok(tasks[1]?.tasks?.some(({ name }) => name === 'b'));
    const kept = tasks.flatMap((each) => [each, ...(each.tasks ?? [])]).length;
    assert.equal(kept + (cut?.tasks ?? 0), 104);
    assert.ok(kept > 4 && kept < 104, String(kept));
  });

  it('fits, whatever is asked of it', () => {
    for (let room = 1_000; room <= all; room += 997)
      assert.ok(bytes({ ...cutToFit(status, room), cut: undefined }) <= room, String(room));
  });
});
