import assert from 'node:assert/strict';
import type { Tasks, Value } from '../../../definitions/model/types.ts';
import { play, PlayedFailure } from '../../support/play.ts';

const echo = (input: Value): Value => input;

describe('a task that repeats', () => {
  const count = (repeat: object): Tasks => ({
    loop: {
      repeat: { maxRounds: 5, ...repeat },
      activity: 'echo',
      with: { n: '${ repeat.round == 0 ? 1 : repeat.last.n * 2 }' },
    },
  });

  it('runs until the condition is true; its value is that of the last round', async () => {
    const { settlements, called, status } = await play(count({ until: '${ repeat.last.n >= 4 }' }), { echo });
    assert.deepEqual(settlements.get('loop'), { outcome: 'succeeded', value: { n: 4 } });
    assert.deepEqual(called, ['loop@0', 'loop@1', 'loop@2']);
    assert.equal(status[0]?.counts.succeeded, 1);
  });

  it('runs as many rounds as it may where nothing ends it before', async () => {
    const { settlements } = await play(count({}), { echo });
    assert.deepEqual(settlements.get('loop')?.value, { n: 16 });
  });

  it('fails when its condition is still false after the last round', async () => {
    const { settlements, failures } = await play(count({ until: 'repeat.last.n > 100' }), { echo });
    assert.equal(settlements.get('loop')?.failure?.type, 'ROUNDS_EXHAUSTED');
    assert.deepEqual(
      failures.map(({ task, type }) => [task, type]),
      [['loop', 'ROUNDS_EXHAUSTED']],
    );
  });

  it('fails with the round that fails, and with a condition that cannot be evaluated', async () => {
    const fail = (): never => {
      throw new PlayedFailure('NO');
    };
    const broken = await play({ loop: { repeat: { maxRounds: 3 }, activity: 'fail' } }, { fail });
    assert.deepEqual(
      [broken.called, broken.failures[0]?.task, broken.failures.length],
      [['loop@0'], 'loop@0', 1],
    );
    const { failures } = await play(count({ until: 'repeat.last.m > 1' }), { echo });
    assert.deepEqual([failures[0]?.task, failures[0]?.type], ['loop', 'EXPRESSION_ERROR']);
  });

  it('repeats a group with its own rounds inside, and each item by itself', async () => {
    const tasks: Tasks = {
      each: {
        forEach: { in: [1, 2], as: 'n', concurrency: 1 },
        repeat: { until: 'repeat.round == n', maxRounds: 9 },
        tasks: { work: { repeat: { maxRounds: 2 }, activity: 'echo', with: { n: '${ repeat.round }' } } },
        outputs: { outer: '${ repeat.round }', inner: '${ tasks.work.n }' },
      },
    };
    const rounds: unknown[] = [];
    const { settlements, called } = await play(tasks, {
      echo: (input, call) => (rounds.push(call.rounds), input),
    });
    assert.deepEqual(settlements.get('each')?.value, [
      { status: 'succeeded', output: { outer: 1, inner: 1 }, error: null },
      { status: 'succeeded', output: { outer: 2, inner: 1 }, error: null },
    ]);
    assert.equal(called.at(-1), 'each[1]@2.work@1');
    assert.deepEqual(rounds.at(-1), [2, 1]);
  });
});
