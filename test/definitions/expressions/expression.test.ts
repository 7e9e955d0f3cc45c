import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  ExpressionError,
  evaluate,
  evaluateCondition,
  parseTemplate,
  references,
  type Bindings,
  type ExpressionErrorCode,
} from '../../../definitions/expressions/expression.ts';
import { typedParams } from '../../../definitions/expressions/cel-value.ts';
import type { JsonSchema, Value } from '../../../definitions/model/types.ts';

const params = {
  count: 60,
  ratio: 1.5,
  name: 'x',
  list: [1, 2, 3],
  nothing: null,
  constructor: 'c',
  rate: 1,
};
const values = {
  params: typedParams(params, { count: { type: 'integer' }, rate: { type: 'number' } }),
  tasks: {
    make: {
      ok: true,
      shards: [
        { id: 'a', split: 'test' },
        { id: 'b', split: 'train' },
      ],
    },
  },
  run: { id: 'r-1' },
  item: 3,
  long: Array.from({ length: 5_000 }, (_, index) => index),
};
const bindings: Bindings = { values };

/** The value of one expression. */
function value(expression: string): Value {
  return evaluate(`\${ ${expression} }`, bindings);
}

const json = fc.jsonValue({ maxDepth: 4 }).map((any): Value => JSON.parse(JSON.stringify(any)));

describe('typedParams', () => {
  const integers = { type: 'array', items: { type: 'integer' } };
  const one = (given: Value, schema: JsonSchema): unknown => {
    const typed = typedParams({ one: given, count: 1 }, { one: schema, count: { type: 'integer' } });
    return typed instanceof Map ? typed.get('one') : undefined;
  };

  it('takes a number for an int where its schema says so, however deep', () => {
    assert.deepEqual(one([1, 2], integers), [1n, 2n]);
    assert.deepEqual(one(1.5, { type: 'integer' }), 1.5);
    assert.deepEqual(one(1, { type: ['integer', 'null'] }), 1n);
    const nested = { type: 'object', properties: { a: integers, b: { type: 'number' } } };
    assert.deepEqual(
      one({ a: [3], b: 4 }, nested),
      new Map<string, unknown>([
        ['a', [3n]],
        ['b', 4],
      ]),
    );
    assert.deepEqual(one({ x: 5 }, { additionalProperties: { type: 'integer' } }), new Map([['x', 5n]]));
  });

  it('leaves what is no number, and what has no integers in its schema, as it is', () => {
    assert.equal(one('text', { type: ['string', 'integer'] }), 'text');
    assert.equal(one(null, { type: ['integer', 'null'] }), null);
    assert.equal(one(true, integers), true);
    const list = [1, 2];
    assert.equal(one(list, { type: 'array' }), list);
  });
});

describe('evaluate', () => {
  const worth: readonly (readonly [string, Value])[] = [
    ['params.count >= 10', true],
    ['params.count == 60.0', true],
    ['1 == 1.0', true],
    ['params.count * 1.5', 90],
    ['params.ratio + 1', 2.5],
    ['params.ratio < 2', true],
    ['params.count / 7', 8],
    ['params.rate / 2', 0.5],
    ['item / 2', 1.5],
    ['item % 2', 1],
    ['1 / 2', 0],
    ['size(params.list) / 2', 1],
    ['params.list.map(x, x / 2)', [0.5, 1, 1.5]],
    ['[1, 2.5, 3].map(x, x / 2)', [0.5, 1.25, 1.5]],
    ['([1] + [2.5]).map(x, x / 2)', [0.5, 1.25]],
    ['range(item)', [0, 1, 2]],
    ['params.list[item - 1.0]', 3],
    ['params.count % 7', 4],
    ['params.count in [60]', true],
    ['params.list[item - 1]', 3],
    ['params.list.filter(x, x > 1)', [2, 3]],
    ["tasks.make.shards.filter(s, s.split == 'test')", [{ id: 'a', split: 'test' }]],
    ['tasks.make.shards.map(s, s.id)', ['a', 'b']],
    ['params.nothing == null', true],
    ['params.constructor', 'c'],
    ['has(tasks.make.nope)', false],
    ['size(params.list) > 2 && params.name == "x"', true],
    ['{"a": [params.count, 1.5, "t"]}', { a: [60, 1.5, 't'] }],
    ['range(3)', [0, 1, 2]],
    ['range(2, 4)', [2, 3]],
    ['item > 2.5 ? "yes" : "no"', 'yes'],
    ['"count: " + string(params.count)', 'count: 60'],
  ];
  for (const [expression, expected] of worth)
    it(`${expression} is ${JSON.stringify(expected)}`, () => assert.deepEqual(value(expression), expected));

  const wrong: readonly (readonly [string, ExpressionErrorCode])[] = [
    ['1 +', 'EXPRESSION_SYNTAX'],
    ['tasks.make.nope', 'MISSING_FIELD'],
    ['tasks.nope', 'MISSING_FIELD'],
    ['tasks.make.shards.map(s, s.nope)', 'MISSING_FIELD'],
    ['nope + 1', 'UNKNOWN_NAME'],
    ['params.name + params.count', 'EXPRESSION_TYPE'],
    ['params.count ? 1 : 2', 'EXPRESSION_TYPE'],
    ['params.count / 0', 'EXPRESSION_FAILED'],
    ['9007199254740993', 'EXPRESSION_VALUE'],
    ['1.0 / 0.0', 'EXPRESSION_VALUE'],
    ['b"bytes"', 'EXPRESSION_VALUE'],
    ['5u', 'EXPRESSION_VALUE'],
    ['range(100001)', 'EXPRESSION_TOO_LARGE'],
    ['range(11).map(x, size(range(100000)))', 'EXPRESSION_TOO_LARGE'],
    ['item / 0', 'EXPRESSION_VALUE'],
    ['1.5 % 2', 'EXPRESSION_TYPE'],
    ['{"a": 1, "a": 2}', 'EXPRESSION_FAILED'],
    ['has(params.list[0])', 'EXPRESSION_SYNTAX'],
    ['"a".matches("(")', 'EXPRESSION_FAILED'],
    ['long.filter(x, long.exists(y, y == x))', 'EXPRESSION_TOO_LARGE'],
    [Array.from({ length: 600 }, () => '1').join('+'), 'EXPRESSION_TOO_LARGE'],
    [`${'('.repeat(100)}1${')'.repeat(100)}`, 'EXPRESSION_TOO_LARGE'],
    ['timestamp("2026-01-01T00:00:00Z")', 'UNKNOWN_FUNCTION'],
    ['cel.bind(x, 1, x)', 'UNKNOWN_FUNCTION'],
  ];
  for (const [expression, code] of wrong)
    it(`${expression.slice(0, 60)} is refused with ${code}`, () => {
      assert.throws(
        () => value(expression),
        (error) => error instanceof ExpressionError && error.code === code,
      );
    });

  it('names the fields there are when one is missing', () => {
    assert.throws(() => value('tasks.make.nope'), /'tasks\.make' has no field 'nope'; it has ok, shards/);
  });

  it('keeps the type of a whole-string expression, renders it inside text, and leaves $${ alone', () => {
    const found = evaluate(
      { whole: '${ params.list }', text: 'n=${ params.count } ${params.list} $${x}', plain: 'a $ b' },
      bindings,
    );
    assert.deepEqual(found, { whole: [1, 2, 3], text: 'n=60 [1,2,3] ${x}', plain: 'a $ b' });
  });

  it('knows braces and quotes inside expressions', () => {
    assert.deepEqual(evaluate('${ {"a": "}"} }', bindings), { a: '}' });
    assert.equal(evaluate("${ 'it\\'s }' }!", bindings), "it's }!");
  });

  it('does not evaluate a text that comes out of an expression', () => {
    assert.equal(evaluate('${ text }', { values: { text: '${ 1 + 1 }' } }), '${ 1 + 1 }');
  });

  it('gives any JSON value back as it is', () => {
    fc.assert(
      fc.property(json, (any) => {
        const hasUnsafe = JSON.stringify(any, (_, part: unknown) => (Object.is(part, -0) ? 0 : part));
        assert.deepEqual(evaluate('${ any }', { values: { any } }), JSON.parse(hasUnsafe));
      }),
    );
  });

  it('is bounded in the size of its result', () => {
    const text = 'x'.repeat(500_000);
    assert.throws(() => evaluate('${ [text, text, text, text, text] }', { values: { text } }), {
      code: 'EXPRESSION_TOO_LARGE',
    });
  });

  it('keeps whole numbers ints in a run that an earlier version has begun', () => {
    const earlier = { wholeNumbersAreInts: { params: { rate: 1, list: [1, 2.5] } } };
    assert.deepEqual(evaluate('${ [params.rate / 2, params.list[0] / 2] }', earlier), [0, 0]);
  });

  it('throws nothing but ExpressionError, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('${}()[]"\'.,+-*/?:!=<>&|a1 \\')) }),
        (text) => {
          try {
            evaluate(`\${${text}}`, bindings);
          } catch (error) {
            assert.ok(error instanceof ExpressionError, String(error));
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('evaluateCondition', () => {
  it('takes an expression with or without ${ }', () => {
    assert.equal(evaluateCondition('params.count > 1', bindings), true);
    assert.equal(evaluateCondition('${ params.count > 100 }', bindings), false);
  });

  it('refuses what is no bool', () => {
    for (const text of ['params.count', '${ params.name }', 'null'])
      assert.throws(() => evaluateCondition(text, bindings), { code: 'EXPRESSION_TYPE' });
    assert.throws(() => evaluateCondition('${ true } ', bindings), { code: 'EXPRESSION_SYNTAX' });
  });
});

describe('parseTemplate', () => {
  it('tells where each expression begins', () => {
    assert.deepEqual(parseTemplate('a ${ b } c'), [
      { kind: 'text', text: 'a ' },
      { kind: 'expression', source: ' b ', start: 4 },
      { kind: 'text', text: ' c' },
    ]);
  });

  it('refuses an expression that is empty or never closed', () => {
    for (const text of ['${}', '${  }', 'a ${ b', "${ '} "])
      assert.throws(() => parseTemplate(text), { code: 'EXPRESSION_SYNTAX' });
  });
});

describe('references', () => {
  it('tells params, tasks and other names, but not the variables of loops', () => {
    const found = references({
      a: ['${ tasks.x.y + params.p.filter(q, q == item && q in tasks.z) }', 'and ${ params["r"] }'],
      b: '$${ tasks.none } plain',
    });
    assert.deepEqual([...found.tasks].toSorted(), ['x', 'z']);
    assert.deepEqual([...found.params].toSorted(), ['p', 'r']);
    assert.deepEqual([...found.names], ['item']);
  });

  it('names `tasks` where all of them are meant', () => {
    assert.deepEqual([...references('${ size(tasks) }').names], ['tasks']);
    assert.deepEqual([...references({ nothing: null, count: 1, one: '${ tasks.a }' }).tasks], ['a']);
  });
});
