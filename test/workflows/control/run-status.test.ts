import assert from 'node:assert/strict';
import type { Definition } from '../../../definitions/model/types.ts';
import { StatusOfRun } from '../../../workflows/control/run-status.ts';

const definition: Definition = {
  name: 'd',
  description: 'What it is for.',
  tasks: { one: { activity: 'work' }, two: { activity: 'work' } },
  finally: { last: { activity: 'work' } },
};

function begun(changes: Partial<Parameters<StatusOfRun['begin']>[0]> = {}): StatusOfRun {
  const status = new StatusOfRun('r', 'd', 1, { a: 1 });
  status.begin({
    definition,
    params: { a: 2 },
    digest: 'x',
    budget: undefined,
    startedAt: 5,
    isPaused: false,
    round: 3,
    ...changes,
  });
  return status;
}

describe('the status of a run', () => {
  it('has no task and no digest before the run is pinned', () => {
    const { tasks, digest, state, startedAt, params, outputs } = new StatusOfRun('r', 'd', 1, {
      a: 1,
    }).view();
    assert.deepEqual(
      [tasks, digest, state, startedAt, params, outputs],
      [[], '', 'running', 1, { a: 1 }, null],
    );
  });

  it('has the tasks then, those of finally last, with the params and the start of the run', () => {
    const { tasks, digest, startedAt, params, paused, description, round, budget, endedAt } = begun().view();
    assert.deepEqual(
      tasks.map(({ name, path }) => [name, path]),
      [
        ['one', 'one'],
        ['two', 'two'],
        ['last', 'last'],
      ],
    );
    assert.deepEqual([digest, startedAt, params, paused], ['x', 5, { a: 2 }, false]);
    assert.deepEqual(
      [description, round, budget, endedAt],
      ['What it is for.', undefined, undefined, undefined],
    );
  });

  it('has the round of a definition that repeats, the budget, and whether it was paused', () => {
    const repeats = { ...definition, repeat: { maxRounds: 4 } };
    const { round, budget, paused } = begun({
      definition: repeats,
      budget: { calls: 9 },
      isPaused: true,
    }).view();
    assert.deepEqual([round, budget, paused], [3, { calls: 9 }, true]);
  });

  it('tells how and when it ended', () => {
    const status = begun();
    status.end('failed', 0);
    assert.deepEqual([status.view().state, status.view().endedAt], ['failed', 0]);
  });

  it('is drawn up in a line for each task, with what waits for people', () => {
    const status = begun();
    status.nodes.get('one')?.expect(1);
    assert.equal(
      status.summary(),
      ['What it is for.', '', '- **one**: pending', '- **two**: pending', '- **last**: pending'].join('\n'),
    );
    void status.control.hold('two', { type: 'DOWN', message: 'refused' }, 1);
    assert.match(status.summary(), /last\*\*: pending\n\n- held: \*\*two\*\*: .*refused/u);
    status.control.pause();
    assert.match(status.summary(), /^What it is for\.\n\nPaused\.\n\n- \*\*one/u);
  });

  it('is drawn up for 50 tasks, and no further than fits into a payload that is shown', () => {
    const tasksOf = (count: number, length: number): Definition['tasks'] =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`t${index}`.padEnd(length, 'x'), { activity: 'work' }]),
      );
    const linesOf = (tasks: Definition['tasks']): readonly string[] =>
      begun({ definition: { name: 'd', tasks } })
        .summary()
        .split('\n');
    assert.equal(linesOf(tasksOf(50, 4)).at(-1), '- **t49x**: pending');
    assert.equal(linesOf(tasksOf(51, 4)).at(-1), '- … and 1 more');
    const cut = linesOf(tasksOf(50, 200));
    assert.equal(cut.at(-1), '- …');
    assert.ok(Buffer.byteLength(cut.join('\n')) <= 4_600 && cut.length > 15, String(cut.length));
  });
});
