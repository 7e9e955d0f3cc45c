import assert from 'node:assert/strict';
import { evaluate, references } from '../../../definitions/expressions/expression.ts';
import { Scope } from '../../../workflows/state/bindings.ts';

const run = { id: 'r', definition: 'd', round: 0 };
const half = '${ params.rate / 2 }';
const halfOfInt = '${ params.count / 2 }';

const divide = (scope: Scope): unknown[] =>
  [half, halfOfInt].map((expression) => evaluate(expression, scope.bindings()));

describe('Scope', () => {
  const schemas = { rate: { type: 'number' }, count: { type: 'integer' } };
  const scope = Scope.ofRun(run, { rate: 3, count: 3 }, schemas);
  const inner: { readonly [where: string]: Scope } = {
    'the run': scope,
    finally: scope.ofFinally({ ...run, outcome: 'failed' }),
    'an item': scope.withItem('item', 1),
    'a round': scope.withRepeat({ round: 0, last: null }),
    'a group': scope.ofGroup(['task']),
    'a slice': Scope.ofParts(scope.parts(references([half, halfOfInt]))),
  };
  for (const [where, within] of Object.entries(inner))
    it(`takes a whole number for what its param declares, in ${where}`, () =>
      assert.deepEqual(divide(within), [1.5, 1]));

  it('takes every whole number for an int in a run that an earlier version has begun', () => {
    const earlier = Scope.ofRun(run, { rate: 3 }, undefined);
    assert.equal(evaluate('${ params.rate / 2 }', earlier.bindings()), 1);
    const slice = Scope.ofParts(earlier.parts(references('${ params.rate }')));
    assert.equal(evaluate('${ params.rate / 2 }', slice.bindings()), 1);
  });
});
