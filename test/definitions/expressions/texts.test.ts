import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluate } from '../../../definitions/expressions/expression.ts';
import type { Value } from '../../../definitions/model/types.ts';

function value(expression: string, text = 'a😀é'): Value {
  return evaluate(`\${ ${expression} }`, { values: { text } });
}

describe('functions on texts', () => {
  const worth: readonly (readonly [string, Value])[] = [
    ['size(text)', 3],
    ['text.substring(1, 2)', '😀'],
    ['text.substring(2)', 'é'],
    ["text.indexOf('é')", 2],
    ["text.lastIndexOf('é')", 2],
    ["text.indexOf('é', 2)", 2],
    ["text.indexOf('x')", -1],
    ["text.split('')", ['a', '😀', 'é']],
    ["text.split('', 2)", ['a', '😀é']],
    ['text.charAt(1)', '😀'],
    ["'ÄÖ Az'.lowerAscii()", 'ÄÖ az'],
    ["'äß Az'.upperAscii()", 'äß AZ'],
    ["'a,b,,c'.split(',')", ['a', 'b', '', 'c']],
    ["'a,b,c'.split(',', 2)", ['a', 'b,c']],
    ["'a,b'.split(',', 0)", []],
    ["''.split(',')", ['']],
    ["''.split('')", []],
    ["'aXbX'.replace('X', '--')", 'a--b--'],
    ["'aXbX'.replace('X', '-', 1)", 'a-bX'],
    ["'ab'.replace('', '_')", '_a_b_'],
    ["'ab'.replace('', '_', 2)", '_a_b'],
    ["'ab'.replace('', '_', 1)", '_ab'],
    ["'ab'.replace('', '_', 3)", '_a_b_'],
    ["['a', 'b'].join('-')", 'a-b'],
    ["[].join('-')", ''],
    ["'｡' < '😀'", true],
    ["text.matches('^a.é$')", true],
    ["matches(text, '[[:digit:]]')", false],
    ["'é'.matches('^\\\\p{L}$')", true],
  ];
  for (const [expression, expected] of worth)
    it(`${expression} is ${JSON.stringify(expected)}`, () => assert.deepEqual(value(expression), expected));

  it('refuse a place outside of the text', () => {
    for (const expression of [
      'text.substring(4)',
      'text.substring(2, 1)',
      'text.charAt(4)',
      "text.indexOf('a', -1)",
    ])
      assert.throws(() => value(expression), { code: 'EXPRESSION_FAILED' });
  });

  it('count in one unit: a text is what is before, at and after each of its places', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(), (text, seed) => {
        const size = value('size(text)', text) as number;
        const place = seed % size;
        const whole = `text.substring(0, ${place}) + text.charAt(${place}) + text.substring(${place + 1})`;
        assert.equal(value(whole, text), text);
        assert.equal(size, Array.from(text).length);
        assert.equal(value("text.split('').join('')", text), text);
      }),
    );
  });

  it('order texts by their code points', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
        const expected = Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0;
        assert.equal(evaluate('${ left < right }', { values: { left, right } }), expected);
      }),
    );
  });
});
