import assert from 'node:assert/strict';
import type { Tasks, Value } from '../../../definitions/model/types.ts';
import { RunControl } from '../../../workflows/control/run-control.ts';
import { play, PlayedFailure } from '../../support/play.ts';

const echo = (input: Value): Value => input;
const fail = (): never => {
  throw new PlayedFailure('MODEL_DOWN', 'connection refused');
};
const failAt =
  (json: string) =>
  (input: Value): Value =>
    JSON.stringify(Object.values(input ?? {})[0]) === json ? fail() : input;

describe('onFailure: continue', () => {
  it('leaves the task failed and fails nothing around it, through what it blocks', async () => {
    const tasks: Tasks = {
      group: {
        tasks: {
          bad: { activity: 'fail', onFailure: 'continue' },
          blocked: { needs: ['bad'], activity: 'echo' },
          stillBlocked: { needs: ['blocked'], activity: 'echo' },
          after: { needs: ['bad'], run: 'anyFailed', activity: 'echo' },
        },
      },
      next: { needs: ['group'], activity: 'echo' },
    };
    const { settlements, status, failures } = await play(tasks, { fail, echo });
    assert.deepEqual(
      [settlements.get('group')?.outcome, settlements.get('next')?.outcome],
      ['succeeded', 'succeeded'],
    );
    const inner = status[0]?.tasks?.map(({ state, tolerated }) => `${state} ${tolerated}`);
    assert.deepEqual(inner, ['failed true', 'blocked true', 'blocked true', 'succeeded undefined']);
    assert.ok(failures.every(({ tolerated }) => tolerated === true));
  });

  it('still fails the group when a failure that is not tolerated blocks as well', async () => {
    const tasks: Tasks = {
      group: {
        tasks: {
          bad: { activity: 'fail', onFailure: 'continue' },
          worse: { activity: 'fail' },
          blocked: { needs: ['bad', 'worse'], activity: 'echo' },
        },
      },
    };
    const { settlements, failures } = await play(tasks, { fail, echo });
    assert.match(settlements.get('group')?.failure?.message ?? '', /^worse failed.*blocked was blocked$/);
    assert.deepEqual(
      failures.map(({ task, tolerated }) => [task, tolerated]),
      [
        ['group.bad', true],
        ['group.worse', undefined],
        ['group.blocked', undefined],
      ],
    );
  });

  it('tolerates the failures of the items of a forEach, and all inside a group', async () => {
    const tasks: Tasks = {
      each: {
        onFailure: 'continue',
        forEach: { in: [1, 2] },
        tasks: { work: { activity: 'work', with: { item: '${ item }' } } },
      },
      after: { needs: ['each'], run: 'allSettled', activity: 'echo', with: { n: '${ size(tasks.each) }' } },
    };
    const { settlements, failures } = await play(tasks, { work: failAt('2'), echo });
    assert.deepEqual(
      [settlements.get('each')?.outcome, settlements.get('each')?.tolerated],
      ['failed', true],
    );
    assert.deepEqual(settlements.get('after')?.value, { n: 2 });
    assert.deepEqual(
      failures.map(({ task, tolerated }) => [task, tolerated]),
      [['each[1].work', true]],
    );
  });
});

describe('onFailure: hold', () => {
  const held: Tasks = {
    work: { activity: 'work', onFailure: 'hold' },
    after: { needs: ['work'], activity: 'echo', with: { n: '${ tasks.work.n }' } },
  };

  for (const [decision, outcomes] of [
    ['retry', ['succeeded', 'succeeded']],
    ['skip', ['skipped', 'skipped']],
    ['fail', ['failed', 'blocked']],
  ] as const)
    it(`waits until somebody decides: ${decision}`, async () => {
      const control = new RunControl();
      control.pin(held);
      let attempts = 0;
      const work = (): Value => {
        attempts += 1;
        return attempts === 1 ? fail() : { n: attempts };
      };
      const playing = play(held, { work, echo }, { control });
      while (control.view().length === 0) await Promise.resolve();
      assert.deepEqual(
        control.view().map(({ task, state, reason }) => [task, state, reason]),
        [['work', 'held', 'MODEL_DOWN: connection refused']],
      );
      control.decide('work', decision);
      const { settlements, failures } = await playing;
      assert.deepEqual(
        [...settlements.values()].map(({ outcome }) => outcome),
        outcomes,
      );
      assert.equal(failures.length, decision === 'fail' ? 2 : 0);
      assert.deepEqual(control.view(), []);
    });

  it('says that something has changed when it begins to be held, and when it no longer is', async () => {
    const control = new RunControl();
    const seen: number[] = [];
    const changed = (): void => void seen.push(control.view().length);
    const tasks: Tasks = {
      group: { tasks: { work: { activity: 'fail', onFailure: 'hold' } } },
    };
    const playing = play(tasks, { fail }, { control, changed });
    while (control.view().length === 0) await Promise.resolve();
    assert.deepEqual(seen, [0, 1]);
    control.decide('group.work', 'skip');
    await playing;
    // No longer held, and then at its end.
    assert.deepEqual(seen, [0, 1, 0, 0]);
  });

  it('ends cancelled when the run is cancelled meanwhile', async () => {
    const control = new RunControl();
    const playing = play({ work: { activity: 'fail', onFailure: 'hold' } }, { fail }, { control });
    while (control.view().length === 0) await Promise.resolve();
    control.cancel();
    assert.equal((await playing).settlements.get('work')?.outcome, 'cancelled');
  });
});

describe('a paused run', () => {
  it('starts no new task or item until it is resumed, and lets what runs finish', async () => {
    const control = new RunControl();
    const work = (input: Value): Value => {
      control.pause();
      return input;
    };
    const playing = play(
      {
        each: { forEach: { in: [1, 2], concurrency: 1 }, activity: 'work' },
        after: { needs: ['each'], activity: 'echo' },
      },
      { work, echo },
      { control },
    );
    let ended = false;
    const watched = playing.then((played) => {
      ended = true;
      return played;
    });
    for (let pauses = 0; pauses < 2; pauses += 1) {
      while (!control.isPaused) await Promise.resolve();
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      assert.equal(ended, false);
      control.resume();
    }
    assert.deepEqual((await watched).called, ['each[0]', 'each[1]', 'after']);
  });
});
