import assert from 'node:assert/strict';
import type { Tasks, Value } from '../../../definitions/model/types.ts';
import { evaluateOutputs } from '../../../workflows/tasks/outputs.ts';
import { gate, play, PlayedFailure } from '../../support/play.ts';

const echo = (input: Value): Value => input;
const fail = (): never => {
  throw new PlayedFailure('MODEL_DOWN', 'connection refused');
};
/** Gives its input back, but fails for one that has this value. */
const failAt =
  (json: string) =>
  (input: Value): Value =>
    JSON.stringify(Object.values(input ?? {})[0]) === json ? fail() : input;
const over = (items: Value, concurrency = 16): Tasks => ({
  each: { forEach: { in: items, concurrency }, activity: 'work', with: { item: '${ item }' } },
});

describe('TaskRunner', () => {
  it('hands the value of a task to the tasks that need it', async () => {
    const tasks: Tasks = {
      first: { activity: 'count' },
      second: {
        needs: ['first'],
        activity: 'echo',
        with: { twice: '${ tasks.first.count * 2 }', of: '${ run.id }' },
      },
    };
    const { settlements } = await play(tasks, { count: () => ({ count: 4 }), echo });
    assert.deepEqual(settlements.get('second')?.value, { twice: 8, of: 'run-1' });
  });

  it('gives an activity without `with` an empty input', async () => {
    const { settlements } = await play({ only: { activity: 'echo' } }, { echo });
    assert.deepEqual(settlements.get('only')?.value, {});
  });

  it('skips a task whose condition is false, and what needs it, running neither', async () => {
    const tasks: Tasks = {
      pairs: { activity: 'count' },
      train: { needs: ['pairs'], when: '${ tasks.pairs.count >= params.minimum }', activity: 'echo' },
      test: { needs: ['train'], activity: 'echo' },
    };
    const { settlements, called, status } = await play(
      tasks,
      { count: () => ({ count: 4 }), echo },
      { params: { minimum: 5 } },
    );
    assert.equal(settlements.get('train')?.outcome, 'skipped');
    assert.equal(settlements.get('test')?.outcome, 'skipped');
    assert.deepEqual(called, ['pairs']);
    assert.match(status[1]?.reason ?? '', /when is false/);
  });

  it('fails a task whose condition cannot be evaluated: an error is never false', async () => {
    const tasks: Tasks = {
      odd: { when: '${ params.missing > 1 }', activity: 'echo' },
      after: { needs: ['odd'], activity: 'echo' },
    };
    const { settlements, failures, called } = await play(tasks, { echo });
    assert.equal(settlements.get('odd')?.failure?.type, 'EXPRESSION_ERROR');
    assert.equal(settlements.get('after')?.outcome, 'blocked');
    assert.deepEqual(
      failures.map(({ task, type }) => [task, type]),
      [
        ['odd', 'EXPRESSION_ERROR'],
        ['after', 'BLOCKED'],
      ],
    );
    assert.deepEqual(called, []);
  });

  it('fails a task whose input cannot be evaluated', async () => {
    const { settlements } = await play(
      { odd: { activity: 'echo', with: { x: '${ tasks.no.such }' } } },
      { echo },
    );
    assert.equal(settlements.get('odd')?.failure?.type, 'EXPRESSION_ERROR');
  });

  it('lets independent tasks finish when one fails', async () => {
    const tasks: Tasks = {
      bad: { activity: 'fail' },
      good: { activity: 'echo' },
      alsoGood: { needs: ['good'], activity: 'echo' },
    };
    const { settlements } = await play(tasks, { fail, echo });
    assert.equal(settlements.get('bad')?.outcome, 'failed');
    assert.equal(settlements.get('alsoGood')?.outcome, 'succeeded');
  });

  it('counts the instances whose values come from the cache, and no others', async () => {
    const { status } = await play(
      { ...over([1, 2, 3]), other: { activity: 'work' } },
      { work: echo },
      { isCached: (path) => path === 'each[0]' || path === 'each[2]' },
    );
    assert.deepEqual(
      status.map(({ name, cached }) => [name, cached]),
      [
        ['each', 2],
        ['other', undefined],
      ],
    );
  });
});

describe('a group', () => {
  const pipeline: Tasks = {
    each: {
      forEach: { in: '${ params.items }', as: 'letter', concurrency: 2 },
      tasks: {
        vary: { activity: 'vary', with: { letter: '${ letter }' } },
        score: { needs: ['vary'], activity: 'score', with: { of: '${ tasks.vary.letter }' } },
      },
    },
  };

  it('pipelines its items: one item goes on while another is still at its first task', async () => {
    const third = gate();
    const order: string[] = [];
    const activities = {
      vary: async (input: Value) => {
        if (JSON.stringify(input).includes('c')) await third.passed;
        order.push(`vary ${JSON.stringify(input)}`);
        return input;
      },
      score: (input: Value) => {
        order.push(`score ${JSON.stringify(input)}`);
        if (JSON.stringify(input).includes('b')) third.open();
        return input;
      },
    };
    await play(pipeline, activities, { params: { items: ['c', 'b'] } });
    assert.deepEqual(order, [
      'vary {"letter":"b"}',
      'score {"of":"b"}',
      'vary {"letter":"c"}',
      'score {"of":"c"}',
    ]);
  });

  it('is worth the values of its tasks, in the order of the definition', async () => {
    const tasks: Tasks = {
      group: {
        tasks: {
          late: { needs: ['early'], activity: 'echo', with: { n: 2 } },
          never: { when: 'false', activity: 'echo' },
          early: { activity: 'echo', with: { n: 1 } },
        },
      },
    };
    const { settlements } = await play(tasks, { echo });
    const value = settlements.get('group')?.value;
    assert.equal(JSON.stringify(value), '{"late":{"n":2},"never":null,"early":{"n":1}}');
  });

  it('is worth its outputs where it has some', async () => {
    const tasks: Tasks = {
      group: { tasks: { a: { activity: 'echo', with: { n: 1 } } }, outputs: { n: '${ tasks.a.n + 1 }' } },
    };
    assert.deepEqual((await play(tasks, { echo })).settlements.get('group')?.value, { n: 2 });
  });

  it('sees the tasks around it, and its own instead of those of the same name', async () => {
    const tasks: Tasks = {
      outer: { activity: 'echo', with: { from: 'outside' } },
      same: { activity: 'echo', with: { from: 'outside' } },
      group: {
        needs: ['outer', 'same'],
        tasks: {
          same: { activity: 'echo', with: { from: 'inside' } },
          look: {
            needs: ['same'],
            activity: 'echo',
            with: { own: '${ tasks.same.from }', outer: '${ tasks.outer.from }' },
          },
        },
      },
    };
    const { settlements } = await play(tasks, { echo });
    assert.deepEqual(settlements.get('group')?.value, {
      same: { from: 'inside' },
      look: { own: 'inside', outer: 'outside' },
    });
  });

  it('hides an outer value behind a skipped task of the same name', async () => {
    const tasks: Tasks = {
      same: { activity: 'echo', with: { from: 'outside' } },
      group: {
        needs: ['same'],
        tasks: {
          same: { when: 'false', activity: 'echo' },
          look: { needs: ['same'], run: 'always', activity: 'echo', with: { seen: '${ tasks.same.from }' } },
        },
      },
    };
    assert.equal((await play(tasks, { echo })).settlements.get('group')?.outcome, 'failed');
  });

  it('fails when one of its tasks failed, and counts every instance by state', async () => {
    const { settlements, status, failures } = await play(
      pipeline,
      { vary: failAt('"b"'), score: echo },
      { params: { items: ['a', 'b', 'c'] } },
    );
    assert.equal(settlements.get('each')?.failure?.type, 'ITEMS_FAILED');
    const [each] = status;
    assert.deepEqual([each?.counts.succeeded, each?.counts.failed], [2, 1]);
    const score = each?.tasks?.find(({ name }) => name === 'score');
    assert.deepEqual([score?.counts.succeeded, score?.counts.blocked, score?.state], [2, 1, 'blocked']);
    assert.deepEqual(
      failures.map(({ task }) => task),
      ['each[1].vary', 'each[1].score'],
    );
  });
});

describe('forEach', () => {
  it('succeeds with an empty list of results without items', async () => {
    const { settlements, called, status } = await play(over([]), {});
    assert.deepEqual(settlements.get('each'), { outcome: 'succeeded', value: [] });
    assert.deepEqual(called, []);
    assert.equal(status[0]?.state, 'succeeded');
  });

  it('runs every item and gives a result for each in order, failures included', async () => {
    const { settlements, called } = await play(over([1, 2, 3]), { work: failAt('2') });
    assert.deepEqual(settlements.get('each')?.value, [
      { status: 'succeeded', output: { item: 1 }, error: null },
      { status: 'failed', output: null, error: { type: 'MODEL_DOWN', message: 'connection refused' } },
      { status: 'succeeded', output: { item: 3 }, error: null },
    ]);
    assert.equal(settlements.get('each')?.outcome, 'failed');
    assert.deepEqual(called, ['each[0]', 'each[1]', 'each[2]']);
  });

  it('shows its results to a task that runs in spite of a failed item', async () => {
    const tasks: Tasks = {
      ...over([1, 2]),
      after: {
        needs: ['each'],
        run: 'allSettled',
        activity: 'echo',
        with: { good: "${ tasks.each.filter(r, r.status == 'succeeded').size() }" },
      },
    };
    assert.deepEqual((await play(tasks, { work: failAt('2'), echo })).settlements.get('after')?.value, {
      good: 1,
    });
  });

  for (const [maxFailures, outcome, state] of [
    [0, 'failed', 'failed'],
    [1, 'succeeded', 'succeeded'],
    ['33%', 'failed', 'failed'],
    ['34%', 'succeeded', 'succeeded'],
    ['100%', 'succeeded', 'succeeded'],
  ] as const)
    it(`with one of three items failed and maxFailures ${maxFailures} has ${outcome}`, async () => {
      const tasks: Tasks = {
        each: { forEach: { in: [1, 2, 3], maxFailures }, activity: 'work', with: { item: '${ item }' } },
      };
      const { settlements, status, failures } = await play(tasks, { work: failAt('2') });
      assert.equal(settlements.get('each')?.outcome, outcome);
      assert.deepEqual([status[0]?.state, status[0]?.counts.failed], [state, 1]);
      assert.equal(failures[0]?.tolerated, outcome === 'succeeded' ? true : undefined);
    });

  it('fails when its `in` is not a list', async () => {
    const { settlements } = await play(over('${ params }'), {}, {});
    assert.equal(settlements.get('each')?.failure?.type, 'EXPRESSION_ERROR');
  });

  it('never has more items in flight than its concurrency (invariant 4)', async () => {
    let inFlight = 0;
    let most = 0;
    const work = async (): Promise<Value> => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await Promise.resolve();
      inFlight -= 1;
      return {};
    };
    await play(over('${ range(50) }', 3), { work });
    assert.equal(most, 3);
  });

  it('ends items that were never started as cancelled when the run is cancelled', async () => {
    let isCancelled = false;
    const work = (): Value => {
      isCancelled = true;
      return {};
    };
    const { settlements, called, status } = await play(
      over([1, 2, 3], 1),
      { work },
      { isCancelled: () => isCancelled },
    );
    assert.equal(settlements.get('each')?.outcome, 'cancelled');
    assert.deepEqual(called, ['each[0]']);
    assert.equal(status[0]?.counts.cancelled, 2);
  });
});

describe('evaluateOutputs', () => {
  const tasks: Tasks = {
    done: { activity: 'echo', with: { n: 1 } },
    skipped: { when: 'false', activity: 'echo' },
  };

  it('makes an output null whose task was skipped', async () => {
    const { scope, settlements } = await play(tasks, { echo });
    const outputs = { n: '${ tasks.done.n }', missing: '${ tasks.skipped.n }' };
    assert.deepEqual(evaluateOutputs(outputs, scope, settlements), { n: 1, missing: null });
  });

  it('makes an output null whose task has failed and is tolerated', async () => {
    const { scope, settlements } = await play({ bad: { activity: 'fail', onFailure: 'continue' } }, { fail });
    assert.deepEqual(evaluateOutputs({ n: '${ tasks.bad.n }' }, scope, settlements), { n: null });
  });

  it('throws for an output that is wrong for another reason', async () => {
    const { scope, settlements } = await play(tasks, { echo });
    assert.throws(() => evaluateOutputs({ x: '${ tasks.done.no }' }, scope, settlements), {
      code: 'MISSING_FIELD',
    });
  });
});
