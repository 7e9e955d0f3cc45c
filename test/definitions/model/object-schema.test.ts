import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

describe('objectSchema', () => {
  const ajv = new Ajv2020();
  const takes = (schema: object, ...values: readonly unknown[]): readonly boolean[] =>
    values.map((value) => ajv.validate(schema, value));

  it('asks for every field but those that may be left out, and takes no other', () => {
    const schema = objectSchema({ a: { type: 'integer' }, b: { type: 'string' } }, ['b']);
    assert.deepEqual(takes(schema, { a: 1 }, { a: 1, b: 'x' }), [true, true]);
    assert.deepEqual(takes(schema, { b: 'x' }, { a: 1, c: 1 }, { a: 1, b: 2 }, [], null), [
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('takes an empty object where it has no field', () => {
    assert.deepEqual(takes(objectSchema({}), {}, { a: 1 }), [true, false]);
  });
});
