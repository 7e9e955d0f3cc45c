import assert from 'node:assert/strict';
import { evaluate } from '../../../definitions/expressions/expression.ts';
import { stepsTaken } from '../../../definitions/expressions/meter.ts';
import type { Value } from '../../../definitions/model/types.ts';

const values = {
  list: [3, 1, 2],
  texts: ['b', 'a', 'b'],
  long: 'abcdefgh'.repeat(20),
  map: { a: 1, b: { c: [1, 2] } },
  rows: [
    { n: 1, t: 'x' },
    { n: 2, t: 'y' },
  ],
};

describe('what an evaluation takes', () => {
  // A replay must end where the run did: a count that changes is a change in the behaviour of the interpreter.
  const steps: readonly (readonly [expression: string, steps: number])[] = [
    ['1 + 2', 4],
    ['long', 2],
    ['map.b.c[1]', 6],
    ["map['b'].c", 7],
    ["'a' + long", 15],
    ['list + list', 11],
    ['1 < 2', 4],
    ["long < long + 'a'", 27],
    ['list == [3, 1, 2]', 12],
    ['map == map', 82],
    ["map != {'a': 1}", 44],
    ['2 in list', 7],
    ["'a' in map", 4],
    ['long.size()', 13],
    ['size(list)', 3],
    ['size(map)', 27],
    ['list.map(x, x + 1)', 18],
    ['list.filter(x, x > 1)', 16],
    ['list.exists(x, x == 1)', 11],
    ['list.all(x, x > 0)', 12],
    ['list.exists_one(x, x == 2)', 15],
    ['rows.map(r, r.n)', 11],
    ["rows.filter(r, r.t == 'x').map(r, r.n)", 21],
    ["map.exists(k, k == 'b')", 38],
    ['map.map(k, k)', 34],
    ['list.sort()', 13],
    ['texts.sort()', 17],
    ['list.reverse()', 7],
    ['texts.distinct()', 9],
    ['list.distinct()', 7],
    ['[list, [list]].flatten()', 18],
    ['[list, [list]].flatten(2)', 19],
    ['list.slice(0, 2)', 8],
    ['zip(list, texts)', 15],
    ['cross(list, texts)', 35],
    ['range(10)', 15],
    ['range(100).size()', 17],
    ["long.split('d')", 78],
    ["texts.join('-')", 11],
    ["long.replace('a', 'xyz')", 91],
    ['long.substring(3)', 14],
    ['long.upperAscii()', 13],
    ['long.lowerAscii()', 13],
    ["long.indexOf('h')", 16],
    ["long.lastIndexOf('a')", 25],
    ["long.contains('gh')", 15],
    ["long.startsWith('abc')", 5],
    ["long.endsWith('h')", 5],
    ["long.matches('a.c')", 266],
    ['long.trim()', 13],
    ['string(12)', 3],
    ['string(1.5)', 3],
    ["int('12')", 3],
    ["double('1.5')", 3],
    ['int(2.7)', 3],
    ["bool('true')", 3],
    ['long.charAt(2)', 14],
    ['true ? 1 : 2', 4],
    ['false || true', 4],
    ['true && false', 4],
    ['has(map.a)', 3],
    ['has(map.z)', 3],
    ['-3', 3],
    ['!true', 3],
    ['[1, 2, 3]', 9],
    ["{'a': 1, 'b': [2]}", 16],
    ['1 / 0 == 1 || true', 207],
    ['list.exists(x, x / 0 == 1) || true', 23],
    ['map.b', 8],
    ['rows', 16],
  ];
  it('is the same number of steps in every version', () => {
    const taken = steps.map(([expression]) => {
      const before = stepsTaken();
      evaluate(`\${ ${expression} }`, { values });
      return [expression, stepsTaken() - before];
    });
    assert.deepEqual(taken, steps);
  });

  const ends = (value: Value): string => {
    try {
      evaluate('${ value }', { values: { value } });
      return 'a value';
    } catch (error) {
      return (error as { readonly code: string }).code;
    }
  };
  const nested = (depth: number): Value => {
    let value: Value = [];
    for (let level = 1; level < depth; level += 1) value = [value];
    return value;
  };

  it('is bounded by the size of the result: characters, values, and how deep they are nested', () => {
    assert.equal(ends('x'.repeat(2_000_000)), 'a value');
    assert.equal(ends('x'.repeat(2_000_001)), 'EXPRESSION_TOO_LARGE');
    assert.equal(ends({ ['k'.repeat(1_000_000)]: 'x'.repeat(1_000_000) }), 'a value');
    assert.equal(
      ends(['x', { ['k'.repeat(1_000_000)]: 'x'.repeat(1_000_000) }, 'x']),
      'EXPRESSION_TOO_LARGE',
    );
    assert.equal(ends(Array.from({ length: 999_999 }, () => 0)), 'a value');
    assert.equal(ends(Array.from({ length: 1_000_000 }, () => 0)), 'EXPRESSION_TOO_LARGE');
    assert.equal(ends(nested(500)), 'a value');
    assert.equal(ends(nested(501)), 'EXPRESSION_TOO_LARGE');
  });

  it('is bounded by what is made on the way, an element of a list counting for eight characters', () => {
    const made = (expression: string): string => {
      try {
        return JSON.stringify(evaluate(`\${ ${expression} }`, { values: { half: 'x'.repeat(4_000_000) } }));
      } catch (error) {
        return (error as { readonly code: string }).code;
      }
    };
    assert.equal(made('(half + half).size()'), '8000000');
    assert.equal(made("(half + half + 'x').size()"), 'EXPRESSION_TOO_LARGE');
  });
});
