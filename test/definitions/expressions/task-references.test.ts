import assert from 'node:assert/strict';
import { references } from '../../../definitions/expressions/expression.ts';
import { referencesOfInstance } from '../../../definitions/expressions/task-references.ts';
import type { Task } from '../../../definitions/model/types.ts';

describe('what an instance of a task mentions', () => {
  const mentioned = (task: Task, fairnessKey?: string): readonly (readonly string[])[] => {
    const { params, tasks, names } = referencesOfInstance(
      task,
      fairnessKey === undefined ? {} : { fairnessKey },
    );
    return [[...params], [...tasks], [...names]].map((found) => found.toSorted());
  };

  it('is what stands in its own input, not what decides whether and over what it runs', () => {
    assert.deepEqual(
      mentioned({
        activity: 'work',
        when: '${ params.whether }',
        forEach: { in: '${ tasks.list }', as: 'item' },
        with: { a: ['${ tasks.a.x }', { b: '${ item + params.b }' }], c: null, d: 1 },
      }),
      [['b'], ['a'], ['item']],
    );
  });

  it('is for a group all that stands inside, there also what decides', () => {
    assert.deepEqual(
      mentioned({
        tasks: {
          one: { activity: 'work', when: 'params.when', with: { x: '${ params.with }' } },
          many: {
            activity: 'work',
            forEach: { in: '${ params.list }', as: 'i', concurrency: '${ params.most }' },
          },
          deep: {
            tasks: {
              pause: { wait: { for: '${ params.wait }' } },
              end: { fail: { code: 'BAD', message: '${ params.fail }' } },
            },
          },
        },
        outputs: { out: '${ params.out }' },
      }),
      [['fail', 'list', 'most', 'out', 'wait', 'when', 'with'], [], []],
    );
  });

  it('is the condition that it repeats until, and its fairness key or that of the definition', () => {
    const repeated: Task = { activity: 'work', repeat: { until: 'params.until', maxRounds: 2 } };
    assert.deepEqual(mentioned(repeated, '${ params.everyone }'), [['everyone', 'until'], [], []]);
    assert.deepEqual(mentioned({ ...repeated, fairnessKey: '${ params.own }' }, '${ params.everyone }'), [
      ['own', 'until'],
      [],
      [],
    ]);
  });

  it('is nothing where there is no expression', () => {
    for (const value of [null, 1, true, 'text', [], {}, [null, { a: null }]])
      assert.equal(references(value).names.size + references(value).params.size, 0, JSON.stringify(value));
  });
});
