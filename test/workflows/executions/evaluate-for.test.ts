import assert from 'node:assert/strict';
import { stepsTaken } from '../../../definitions/expressions/meter.ts';
import { Scope } from '../../../workflows/state/bindings.ts';
import { evaluateFor } from '../../../workflows/executions/evaluate-for.ts';

const scope = Scope.ofRun({ id: 'r', definition: 'd', round: 0 }, { n: 3 }, { n: { type: 'integer' } });
scope.assign('a', { rows: [1, 2] });

const typeOf = (asked: unknown): string | undefined => {
  const answer = evaluateFor(asked, scope);
  return 'error' in answer ? answer.error.type : undefined;
};

describe('what an expression is worth to those who ask a run', () => {
  for (const [asked, value] of [
    ['size(tasks.a.rows) + params.n', 5],
    ['${ tasks.a.rows }', [1, 2]],
    ['n is ${ params.n }', 'n is 3'],
    ["'}'", '}'],
  ] as const)
    it(`is its value: ${asked}`, () => assert.deepEqual(evaluateFor(asked, scope), { value }));

  it('is an error with a type where there is none', () => {
    assert.equal(typeOf('tasks.b'), 'EXPRESSION_ERROR');
    assert.equal(typeOf('${ 1'), 'EXPRESSION_ERROR');
    assert.equal(typeOf('range(100000).map(x, range(100))'), 'EXPRESSION_TOO_LARGE');
    assert.equal(typeOf("range(90000).map(x, '12345678901234567')"), 'EXPRESSION_TOO_LARGE');
    for (const wrong of [7, null, undefined, ' ', { n: 1 }]) assert.equal(typeOf(wrong), 'WRONG_INPUT');
    const early = evaluateFor('1', undefined);
    assert.equal('error' in early && early.error.type, 'RUN_NOT_PINNED');
  });

  it('counts for nothing in what the run has evaluated, so that a question changes no run', () => {
    const before = stepsTaken();
    evaluateFor('range(1000).map(x, x * 2)', scope);
    evaluateFor('range(100000).map(x, range(100))', scope);
    assert.equal(stepsTaken(), before);
  });
});
