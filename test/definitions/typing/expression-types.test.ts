import assert from 'node:assert/strict';
import { ExpressionTypes } from '../../../definitions/typing/expression-types.ts';
import { outerScope, scopeOfItem } from '../../../definitions/typing/static-scope.ts';

const params = { count: { type: 'integer' } } as const;
const outer = outerScope({ name: 'typed', params, tasks: {} }, { catalogue: new Map() });
const types = new ExpressionTypes(scopeOfItem(outer, 'item', { type: 'integer' }));

describe('ExpressionTypes', () => {
  for (const [expression, schema] of [
    ['item + 1', { type: 'integer' }],
    ['item % 2 + params.count', { type: 'integer' }],
    ['params.count / 2', { type: 'integer' }],
    // The item is a double when a run evaluates it.
    ['item / 2', {}],
    ['params.count + 1 / item', {}],
  ] as const)
    it(`knows of ${expression} what a run makes of it`, () =>
      assert.deepEqual(types.infer(expression), { schema }));
});
