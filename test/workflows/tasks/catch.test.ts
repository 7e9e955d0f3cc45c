import assert from 'node:assert/strict';
import type { Task, Tasks, Value } from '../../../definitions/model/types.ts';
import { resetOutcomes } from '../../../workflows/executions/reset-outcomes.ts';
import { SLICE_LIMITS } from '../../../workflows/items/slices.ts';
import { Outcomes } from '../../../workflows/state/outcomes.ts';
import { RunControl } from '../../../workflows/control/run-control.ts';
import { play, PlayedFailure } from '../../support/play.ts';

const echo = (input: Value): Value => input;
const refuse = (): never => {
  throw new PlayedFailure('CARD_DECLINED', 'no money');
};
const played = { echo, refuse };

const say: Task = { activity: 'echo', with: { error: '${ error }' } };
const declined = { type: 'CARD_DECLINED', message: 'no money', task: 'charge' };

/** A trip of which the second booking fails, and whose catch undoes what was booked. */
const trip: Task = {
  tasks: {
    hotel: { activity: 'echo', with: { room: 7 } },
    car: { needs: ['hotel'], activity: 'refuse' },
    pay: { needs: ['car'], activity: 'echo' },
  },
  catch: {
    tasks: {
      undoHotel: {
        when: '${ has(tasks.hotel) }',
        activity: 'echo',
        with: { room: '${ tasks.hotel.room }', why: '${ error.task }', first: '${ has(errors.car) }' },
      },
      undoCar: { when: '${ has(tasks.car) }', activity: 'echo' },
    },
    outputs: { undone: '${ tasks.undoHotel }', car: '${ tasks.undoCar }' },
  },
};

describe('a task with catch', () => {
  it('has succeeded with the value of the tasks that handle its error, which others can still ask for', async () => {
    const tasks: Tasks = {
      charge: { activity: 'refuse', catch: { tasks: { say } } },
      after: { needs: ['charge'], activity: 'echo', with: { type: '${ errors.charge.type }' } },
    };
    const { settlements, status, failures } = await play(tasks, played);
    assert.equal(settlements.get('charge')?.outcome, 'succeeded');
    assert.deepEqual(settlements.get('charge')?.value, { say: { error: declined } });
    assert.deepEqual(settlements.get('after')?.value, { type: 'CARD_DECLINED' });
    assert.deepEqual(
      failures.map(({ task, tolerated }) => [task, tolerated]),
      [['charge', true]],
    );
    assert.equal(status[0]?.reason, 'caught CARD_DECLINED: no money');
    assert.deepEqual(
      status[0]?.tasks?.map(({ path, state, isCatch }) => [path, state, isCatch]),
      [['charge.say', 'succeeded', true]],
    );
  });

  it('runs none of those tasks when nothing fails', async () => {
    const tasks: Tasks = { charge: { activity: 'echo', with: { paid: 1 }, catch: { tasks: { say } } } };
    const { settlements, status, called } = await play(tasks, played);
    assert.deepEqual(settlements.get('charge')?.value, { paid: 1 });
    assert.deepEqual(called, ['charge']);
    assert.equal(status[0]?.tasks?.[0]?.state, 'skipped');
  });

  for (const [what, choice, isCaught] of [
    ['one of its codes', { codes: ['OTHER', 'CARD_DECLINED'] }, true],
    ['none of its codes', { codes: ['OTHER'] }, false],
    ['a message that it asks for', { when: "${ error.message.matches('^no ') }" }, true],
    ['another message', { codes: ['CARD_DECLINED'], when: "${ error.message == 'x' }" }, false],
  ] as const)
    it(`${isCaught ? 'catches' : 'lets pass'} an error with ${what}`, async () => {
      const tasks: Tasks = { charge: { activity: 'refuse', catch: { ...choice, tasks: { say } } } };
      const { settlements, called } = await play(tasks, played);
      assert.equal(settlements.get('charge')?.outcome, isCaught ? 'succeeded' : 'failed');
      assert.equal(called.length, isCaught ? 2 : 1);
    });

  it('fails where its handler does, and says both why and what for', async () => {
    const tasks: Tasks = {
      charge: {
        activity: 'refuse',
        catch: { tasks: { again: { fail: { code: 'WORSE', message: 'worse than ${ error.type }' } } } },
      },
    };
    const { settlements, failures } = await play(tasks, played);
    const failure = settlements.get('charge')?.failure;
    assert.equal(failure?.type, 'CATCH_FAILED');
    assert.match(failure?.message ?? '', /worse than CARD_DECLINED.*CARD_DECLINED of charge: no money/u);
    assert.deepEqual(
      failures.map(({ task, type, tolerated }) => [task, type, tolerated]),
      [
        ['charge', 'CARD_DECLINED', undefined],
        ['charge.again', 'WORSE', undefined],
      ],
    );
  });

  it('fails where its when cannot be evaluated, and runs nothing', async () => {
    const tasks: Tasks = {
      charge: { activity: 'refuse', catch: { when: '${ params.missing }', tasks: { say } } },
    };
    const { settlements, called, failures } = await play(tasks, played);
    assert.equal(settlements.get('charge')?.failure?.type, 'CATCH_FAILED');
    assert.deepEqual(called, ['charge']);
    assert.deepEqual(
      failures.map(({ type }) => type),
      ['CATCH_FAILED'],
    );
  });

  it('undoes what a group had done, and knows by which of its tasks it failed', async () => {
    const { settlements, failures } = await play({ trip }, played);
    const undone = { room: 7, why: 'trip.car', first: true };
    assert.deepEqual(settlements.get('trip')?.value, { undone, car: null });
    assert.ok(failures.every(({ tolerated }) => tolerated === true));
  });

  it('matches the code of the innermost task that failed a group', async () => {
    const tasks: Tasks = {
      outer: {
        tasks: {
          ignored: { fail: { code: 'IGNORED', message: 'no' }, onFailure: 'continue' },
          inner: { tasks: { charge: { activity: 'refuse' } } },
        },
        catch: { codes: ['CARD_DECLINED'], tasks: { say } },
      },
    };
    const { settlements } = await play(tasks, played);
    assert.deepEqual(settlements.get('outer')?.value, {
      say: { error: { ...declined, task: 'outer.inner.charge' } },
    });
  });

  it('catches each item by itself, in slices too', async () => {
    const tasks: Tasks = {
      each: {
        forEach: { in: [1, 2, 3], as: 'number' },
        activity: 'odd',
        with: { number: '${ number }' },
        catch: {
          tasks: { say: { activity: 'echo', with: { number: '${ number }', from: '${ error.task }' } } },
        },
      },
    };
    const odd = (input: Value): Value =>
      (input as { number: number }).number % 2 === 0 ? refuse() : { odd: true };
    const expected = [{ odd: true }, { say: { number: 2, from: 'each[1]' } }, { odd: true }];
    const limits = { ...SLICE_LIMITS, activities: 2, ofSlice: 2 };
    for (const options of [{}, { limits }]) {
      const { settlements, status, slices } = await play(tasks, { ...played, odd }, options);
      assert.equal(slices.length > 0, 'limits' in options);
      const results = settlements.get('each')?.value as readonly { readonly output: Value }[];
      assert.deepEqual(
        results.map(({ output }) => output),
        expected,
      );
      assert.equal(status[0]?.tasks?.[0]?.counts.succeeded, 1);
    }
  });

  it('catches each round by itself, so that those after it run', async () => {
    const tasks: Tasks = {
      poll: {
        repeat: { maxRounds: 3 },
        activity: 'poll',
        with: { round: '${ repeat.round }', last: '${ repeat.last }' },
        catch: { tasks: { note: { activity: 'echo', with: { round: '${ repeat.round }' } } } },
      },
    };
    const poll = (input: Value): Value => ((input as { round: number }).round === 1 ? refuse() : input);
    const { settlements, called } = await play(tasks, { ...played, poll });
    assert.deepEqual(called, ['poll@0', 'poll@1', 'poll@1.note', 'poll@2']);
    assert.deepEqual(settlements.get('poll')?.value, { round: 2, last: { note: { round: 1 } } });
  });

  it('handles what an operator lets fail, and not what one skips', async () => {
    for (const [decision, outcome] of [
      ['fail', 'succeeded'],
      ['skip', 'skipped'],
    ] as const) {
      const control = new RunControl();
      const tasks: Tasks = { charge: { activity: 'refuse', onFailure: 'hold', catch: { tasks: { say } } } };
      const playing = play(tasks, played, { control });
      while (control.view().length === 0) await Promise.resolve();
      control.decide('charge', decision);
      assert.equal((await playing).settlements.get('charge')?.outcome, outcome);
    }
  });
});

describe('a run that goes on after an error was caught', () => {
  const charge: Tasks = {
    charge: {
      activity: 'refuse',
      catch: { tasks: { say, also: { needs: ['say'], activity: 'also' } } },
    },
  };

  for (const [what, tasks] of [
    ['a task', charge],
    ['a group', { trip }],
  ] as const)
    it(`has the same of ${what} in its next execution, and runs nothing of it again`, async () => {
      const outcomes = new Outcomes();
      const activities = { ...played, also: echo };
      const first = await play(tasks, activities, { outcomes });
      const second = await play(tasks, activities, { outcomes: new Outcomes(outcomes.record()) });
      assert.deepEqual(second.called, []);
      assert.deepEqual([...second.settlements], [...first.settlements]);
      assert.deepEqual(second.failures, first.failures);
      assert.deepEqual(
        second.status[0]?.tasks?.map(({ path, state }) => [path, state]),
        first.status[0]?.tasks?.map(({ path, state }) => [path, state]),
      );
    });

  it('goes on in the midst of its handler, and does what failed no second time', async () => {
    const outcomes = new Outcomes();
    let left = outcomes.record();
    const also = (input: Value): Value => {
      left = outcomes.record();
      return input;
    };
    await play(charge, { ...played, also }, { outcomes });
    const { called, settlements, failures } = await play(
      charge,
      { ...played, also: echo },
      { outcomes: new Outcomes(left) },
    );
    assert.deepEqual(called, ['charge.also']);
    assert.deepEqual(settlements.get('charge')?.value, { say: { error: declined }, also: {} });
    assert.equal(failures.length, 1);
  });

  it('goes on with the handler alone after its failure: the error stands', async () => {
    const outcomes = new Outcomes();
    const failing = await play(charge, { ...played, also: refuse }, { outcomes });
    assert.equal(failing.settlements.get('charge')?.failure?.type, 'CATCH_FAILED');
    const again = new Outcomes(resetOutcomes(charge, outcomes.record()));
    const { called, settlements } = await play(charge, { ...played, also: echo }, { outcomes: again });
    assert.deepEqual(called, ['charge.also']);
    assert.deepEqual(settlements.get('charge')?.value, { say: { error: declined }, also: {} });
  });

  it('runs nothing again of what was caught well', async () => {
    const outcomes = new Outcomes();
    const tasks: Tasks = { ...charge, trip, last: { needs: ['trip'], activity: 'last' } };
    await play(tasks, { ...played, also: echo, last: refuse }, { outcomes });
    const again = new Outcomes(resetOutcomes(tasks, outcomes.record()));
    const { called } = await play(tasks, { ...played, also: echo, last: echo }, { outcomes: again });
    assert.deepEqual(called, ['last']);
  });

  for (const [chosen, expected] of [
    ['charge', ['charge']],
    ['charge.also', ['charge.also']],
    ['charge.say', ['charge.say', 'charge.also']],
  ] as const)
    it(`runs again what is chosen: ${chosen}`, async () => {
      const outcomes = new Outcomes();
      await play(charge, { ...played, also: echo }, { outcomes });
      const again = new Outcomes(resetOutcomes(charge, outcomes.record(), chosen));
      const { called } = await play(charge, { refuse: echo, echo, also: echo }, { outcomes: again });
      assert.deepEqual(called, expected);
    });

  it('tries the group itself again where one of its tasks is chosen, and forgets what its catch has done', async () => {
    const outcomes = new Outcomes();
    await play({ trip }, played, { outcomes });
    const again = new Outcomes(resetOutcomes({ trip }, outcomes.record(), 'trip.car'));
    const { called, settlements, status } = await play({ trip }, { refuse: echo, echo }, { outcomes: again });
    assert.deepEqual(called, ['trip.car', 'trip.pay']);
    assert.deepEqual(settlements.get('trip')?.value, { hotel: { room: 7 }, car: {}, pay: {} });
    const states = status[0]?.tasks?.map(({ name, state }) => `${name} ${state}`);
    assert.deepEqual(states?.slice(3), ['undoHotel skipped', 'undoCar skipped']);
  });
});
