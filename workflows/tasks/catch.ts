/** What a `catch` catches, and what its tasks see of it. Knows neither Temporal nor how tasks are run. */
import { evaluateCondition } from '../../definitions/expressions/expression.ts';
import { taskPath } from '../../definitions/model/instance-path.ts';
import type { Catch, Tasks } from '../../definitions/model/types.ts';
import { attempt, type Attempt } from '../state/attempt.ts';
import type { Scope } from '../state/bindings.ts';
import { CATCH_FAILED } from '../messages.ts';
import { failed, type Settlement, type TaskError } from '../state/settlement.ts';

/**
 * What has failed a group: the error of the first of its tasks, as they are written, that fails it, and of a group inside
 * it likewise. Which of them ended first does not matter, so that every execution finds the same.
 */
export function causeOf(
  tasks: Tasks,
  settlements: ReadonlyMap<string, Settlement>,
  path: string,
): TaskError | undefined {
  for (const name of Object.keys(tasks)) {
    const { failure, tolerated, cause } = settlements.get(name) ?? {};
    if (failure === undefined || tolerated === true) continue;
    return cause ?? { ...failure, task: taskPath(path, name) };
  }
  return undefined;
}

/** Whether a handler is for an error; a failure if its `when` cannot be evaluated. */
export function catches({ codes, when }: Catch, error: TaskError, scope: Scope): Attempt<boolean> {
  if (codes !== undefined && !codes.includes(error.type)) return { ok: true, value: false };
  if (when === undefined) return { ok: true, value: true };
  const condition = attempt(() => evaluateCondition(when, withError(scope, error).bindings()));
  return condition.ok ? condition : { ok: false, failure: handlerFailed(error, condition.failure) };
}

export function withError(scope: Scope, { type, message, task }: TaskError): Scope {
  return scope.withItem('error', { type, message, task });
}

/** What has become of an error, now that the tasks that handle it have come to this. */
export function settleCaught(error: TaskError, handled: Settlement): Settlement {
  if (handled.outcome === 'failed') return { ...handlerFailed(error, handled), caught: error };
  const reason = `caught ${error.type}: ${error.message}`;
  return { ...handled, caught: error, ...(handled.outcome === 'succeeded' && { reason }) };
}

function handlerFailed({ type, message, task }: TaskError, { failure }: Settlement): Settlement {
  const why = failure === undefined ? '' : `: ${failure.type}: ${failure.message}`;
  return failed(CATCH_FAILED, `Its catch has failed${why}. It was to handle ${type} of ${task}: ${message}`);
}
