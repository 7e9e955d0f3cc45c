/** A text with expressions in it, as people read it. */
import { evaluate } from '../../definitions/expressions/expression.ts';
import { attempt, type Attempt } from '../state/attempt.ts';
import type { Scope } from '../state/bindings.ts';

export function textOf(text: string, scope: Scope): Attempt<string> {
  return attempt(() => {
    const value = evaluate(text, scope.bindings());
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}
