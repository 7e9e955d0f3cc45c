import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluate } from '../../../definitions/expressions/expression.ts';
import type { Value } from '../../../definitions/model/types.ts';

function value(expression: string, list: Value = []): Value {
  return evaluate(`\${ ${expression} }`, { values: { list } });
}

describe('functions on lists', () => {
  const worth: readonly (readonly [string, Value])[] = [
    ['[3, 1.5, 2].sort()', [1.5, 2, 3]],
    ["['b', 'a', 'B'].sort()", ['B', 'a', 'b']],
    ['[].sort()', []],
    ['[1, 2, 3].reverse()', [3, 2, 1]],
    ['[1, 2, 3].slice(1, 3)', [2, 3]],
    ['[1, 2, 3].slice(1, 1)', []],
    ['[[1, [2]], 3, []].flatten()', [1, [2], 3]],
    ['[[1, [2]], 3].flatten(2)', [1, 2, 3]],
    ['[[1]].flatten(0)', [[1]]],
    [
      "[1, 1.0, '1', true, 1, null, [1], [1.0], {'a': 1}, {'a': 1.0}].distinct()",
      [1, '1', true, null, [1], { a: 1 }],
    ],
    [
      "zip([1, 2], ['a', 'b'])",
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    ['zip([1], [2], [3])', [[1, 2, 3]]],
    [
      "cross([1, 2], ['a', 'b'])",
      [
        [1, 'a'],
        [1, 'b'],
        [2, 'a'],
        [2, 'b'],
      ],
    ],
    ['cross([1], [])', []],
  ];
  for (const [expression, expected] of worth)
    it(`${expression} is ${JSON.stringify(expected)}`, () => assert.deepEqual(value(expression), expected));

  it('refuse what has no order, no such place or not the same length', () => {
    for (const expression of [
      "[1, 'a'].sort()",
      '[[1], [2]].sort()',
      '[1].slice(0, 2)',
      '[1].slice(1, 0)',
      '[1].flatten(-1)',
      'zip([1], [1, 2])',
      "zip([1], 'a')",
      'cross([1])',
    ])
      assert.throws(() => value(expression), { name: 'ExpressionError' }, expression);
  });

  it('are bounded while they are evaluated', () => {
    for (const expression of [
      'cross(range(1000), range(1000))',
      'cross(range(100000), range(100000), range(100000))',
      'range(3000).map(x, [x]).distinct()',
      'range(20000).map(x, range(100)).flatten()',
    ])
      assert.throws(() => value(expression), { code: 'EXPRESSION_TOO_LARGE' }, expression);
  });

  it('sort, distinct and reverse do what lists of numbers have them do (law)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 })), (list) => {
        assert.deepEqual(
          value('list.sort()', list),
          list.toSorted((a, b) => a - b),
        );
        assert.deepEqual(value('list.distinct()', list), [...new Set(list)]);
        assert.deepEqual(value('list.reverse().reverse()', list), list);
        assert.deepEqual(value('zip(list, list).map(p, p[0])', list), list);
        assert.equal(value('cross(list, list).size()', list), list.length ** 2);
      }),
    );
  });
});
