import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { schemaOfLiteral, whyNotAssignable } from '../../../definitions/documents/schema-types.ts';
import type { JsonSchema, Value } from '../../../definitions/model/types.ts';

const closed = (properties: JsonSchema): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
});
const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const [text, whole, number] = [{ type: 'string' }, { type: 'integer' }, { type: 'number' }];

describe('schemas of values', () => {
  it('of a literal allow it', () => {
    const ajv = new Ajv2020({ strict: false });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(ajv.validate(schemaOfLiteral(value as Value), value), true);
      }),
      { numRuns: 50 },
    );
    assert.deepEqual(schemaOfLiteral([1, 2]), list(whole));
    assert.deepEqual([schemaOfLiteral([]), schemaOfLiteral([1, 'a'])], [list({}), list({})]);
    assert.deepEqual([schemaOfLiteral(1.5), schemaOfLiteral(null)], [number, { type: 'null' }]);
  });

  const fits = (from: JsonSchema, to: JsonSchema): boolean => whyNotAssignable(from, to) === undefined;

  it('do not fit one another where no value can be of both', () => {
    assert.deepEqual(
      [fits(text, whole), fits(text, text), fits(whole, number), fits(number, whole)],
      [false, true, true, true],
    );
    assert.deepEqual(
      [fits(number, text), fits({}, text), fits(text, {}), fits({ type: 'null' }, text)],
      [false, true, true, false],
    );
    assert.deepEqual(
      [fits(list(text), list(whole)), fits(list(text), list({})), fits(list(whole), list(number))],
      [false, true, true],
    );
    assert.deepEqual([fits(list(text), text), fits(closed({}), list(text))], [false, false]);
  });

  it('of objects do not fit where a field lacks, or is of another type', () => {
    const wanted = { type: 'object', required: ['a'], properties: { a: whole, b: text } };
    assert.deepEqual(
      [closed({ a: whole }), closed({ a: whole, b: text, c: text }), closed({ a: number })].map((from) =>
        fits(from, wanted),
      ),
      [true, true, true],
    );
    assert.equal(whyNotAssignable(closed({ b: text }), wanted), "it has no 'a'");
    assert.equal(
      whyNotAssignable(closed({ a: text }), wanted),
      "of its 'a': it is a text, not a whole number",
    );
    assert.equal(
      whyNotAssignable(closed({ a: whole, b: list(text) }), wanted),
      "of its 'b': it is a list, not a text",
    );
    assert.equal(whyNotAssignable(list(closed({})), list(wanted)), "of its items: it has no 'a'");
    // What may have other fields may have this one.
    assert.equal(fits({ type: 'object', properties: {} }, wanted), true);
  });
});
