/** Expressions that cannot be evaluated, or give too much, fail their task, not the interpreter. */
import { ExpressionError } from '../../definitions/expressions/expression.ts';
import { PayloadTooLarge } from '../../definitions/model/value-size.ts';
import { EXPRESSION_ERROR } from '../messages.ts';
import { failed, type Settlement } from './settlement.ts';

export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Settlement };

/** Turns an `ExpressionError` or `PayloadTooLarge` into a failed settlement; anything else is a fault and passes through. */
export function attempt<T>(evaluation: () => T): Attempt<T> {
  try {
    return { ok: true, value: evaluation() };
  } catch (error) {
    if (error instanceof PayloadTooLarge) return { ok: false, failure: failed(error.code, error.message) };
    if (!(error instanceof ExpressionError)) throw error;
    const type = error.code === 'EXPRESSION_TOO_LARGE' ? error.code : EXPRESSION_ERROR;
    return { ok: false, failure: failed(type, error.message) };
  }
}
