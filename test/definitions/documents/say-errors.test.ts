import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { sayErrors } from '../../../definitions/documents/say-errors.ts';
import type { JsonSchema } from '../../../definitions/model/types.ts';

function say(schema: JsonSchema, value: unknown): string {
  const check = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
  check(value);
  return sayErrors(check.errors);
}

describe('sayErrors', () => {
  it('says what must be, and where below the thing that was named', () => {
    assert.equal(say({ minimum: 8 }, 7), 'must be >= 8');
    assert.equal(say({ type: 'array' }, 7), 'must be a list');
    assert.equal(say({ enum: ['a', 'b'] }, 'c'), 'must be one of a, b');
    const named = { items: { properties: { name: { type: 'string' } } } };
    assert.equal(say(named, [{ name: 1 }]), "must be a text at '0.name'");
  });

  it('says all of them, and nothing where there are none', () => {
    assert.equal(say({ minimum: 8, multipleOf: 2 }, 7), 'must be >= 8, and must be multiple of 2');
    assert.equal(say({}, 7), '');
    assert.equal(sayErrors(undefined), '');
  });
});
