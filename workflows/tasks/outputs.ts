/** The `outputs` of a run or a group, once its tasks have settled. */
import { evaluate, ExpressionError, references } from '../../definitions/expressions/expression.ts';
import type { Value } from '../../definitions/model/types.ts';
import type { Scope } from '../state/bindings.ts';
import type { Settlement } from '../state/settlement.ts';

type Values = { readonly [name: string]: Value };

/**
 * The value of each output. One that cannot be evaluated because a task it refers to was skipped, or has failed
 * and is tolerated, is null: a run that has nothing to train on ends well, with nothing to say of it. Throws `ExpressionError` for any other.
 */
export function evaluateOutputs(
  outputs: Values,
  scope: Scope,
  settlements: ReadonlyMap<string, Settlement>,
): Values {
  const bindings = scope.bindings();
  const mayLack = (task: string): boolean => {
    const settlement = settlements.get(task);
    return settlement?.outcome === 'skipped' || settlement?.tolerated === true;
  };
  const evaluateOutput = (output: Value): Value => {
    try {
      return evaluate(output, bindings);
    } catch (error) {
      if (error instanceof ExpressionError && [...references(output).tasks].some(mayLack)) return null;
      throw error;
    }
  };
  return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, evaluateOutput(output)]));
}
