import assert from 'node:assert/strict';
import { ExpressionError } from '../../../definitions/expressions/expression.ts';
import { PayloadTooLarge } from '../../../definitions/model/value-size.ts';
import { attempt } from '../../../workflows/state/attempt.ts';

describe('attempt', () => {
  const typeOf = (error: Error): string | undefined => {
    const { ok, ...rest } = attempt<never>(() => {
      throw error;
    });
    assert.equal(ok, false);
    return 'failure' in rest ? rest.failure.failure?.type : undefined;
  };

  it('gives the value', () => {
    assert.deepEqual(
      attempt(() => 1),
      { ok: true, value: 1 },
    );
  });

  it('fails the task by what cannot be evaluated or is too large', () => {
    assert.equal(typeOf(new PayloadTooLarge('It is.')), 'PAYLOAD_TOO_LARGE');
    assert.equal(typeOf(new ExpressionError('EXPRESSION_TOO_LARGE', 'a', 'It is.')), 'EXPRESSION_TOO_LARGE');
    assert.equal(typeOf(new ExpressionError('EXPRESSION_FAILED', 'a', 'It did.')), 'EXPRESSION_ERROR');
  });

  it('lets a fault pass', () => {
    assert.throws(() => typeOf(new RangeError('a fault')), RangeError);
  });
});
