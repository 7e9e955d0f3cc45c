import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fitToSchema } from '../../../../deploy/model-server/world/fit-to-schema.ts';
import { createRandom } from '../../../../deploy/model-server/world/random.ts';

const schema = {
  type: 'object',
  required: ['kind', 'level', 'share', 'even', 'below', 'isGood', 'title', 'tags', 'either'],
  properties: {
    kind: { enum: ['a', 'b', 'c'] },
    level: { type: 'integer', exclusiveMinimum: 2, maximum: 9 },
    share: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    even: { type: 'integer', minimum: -7, maximum: 7, multipleOf: 2 },
    below: { type: 'number', maximum: -500 },
    isGood: { type: 'boolean' },
    title: { type: 'string', minLength: 12, maxLength: 40 },
    tags: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 3 },
    either: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
  },
} as const;

describe('fitToSchema', () => {
  it('makes up values that fit, the same for the same seed and of every kind over many', () => {
    const check = new Ajv2020({ strict: false }).compile(schema);
    const made = Array.from({ length: 100 }, (_, seed) => fitToSchema({}, schema, createRandom(seed)));
    for (const one of made) assert.ok(check(one), JSON.stringify([one, check.errors]));
    assert.deepEqual(fitToSchema({}, schema, createRandom(7)), made[7]);
    const rows = made as { readonly [name: string]: unknown }[];
    const kinds = (name: string): number => new Set(rows.map((row) => JSON.stringify(row[name]))).size;
    assert.deepEqual(['kind', 'isGood', 'level', 'even'].map(kinds), [3, 2, 7, 7]);
    for (const name of ['share', 'below', 'title', 'tags', 'either']) assert.ok(kinds(name) > 20, name);
    for (const row of rows) assert.match(String(row['title']), /^simulated \d/);
  });

  it('leaves what fits as it is', () => {
    const value = { kind: 'c', level: 9, title: 'a title of some length', isGood: false, tags: ['x', 'y'] };
    const fitted = fitToSchema(value, schema, createRandom(1));
    assert.deepEqual({ ...(fitted as object), ...value }, fitted);
  });
});
