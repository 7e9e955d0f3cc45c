/** Runs a task again and again. Knows neither Temporal nor kinds of tasks. */
import { evaluateCondition, type Bindings } from '../../definitions/expressions/expression.ts';
import type { Repeat, Value } from '../../definitions/model/types.ts';
import { attempt } from '../state/attempt.ts';
import type { Scope } from '../state/bindings.ts';
import { roundPath } from '../../definitions/model/instance-path.ts';
import { ROUNDS_EXHAUSTED } from '../messages.ts';
import { failed, type Settlement } from '../state/settlement.ts';

/**
 * Calls `runRound` for round 0, 1, … until one does not succeed, `until` is true or `maxRounds` are done.
 *
 * @param path of the task's instance; the rounds have paths of their own below it.
 * @param record called with a failure that is not a round's own.
 * @returns the settlement of the last round; failed with `ROUNDS_EXHAUSTED` if `until` was not met.
 */
export async function runRounds(
  repeat: Repeat,
  path: string,
  scope: Scope,
  runRound: (path: string, scope: Scope) => Promise<Settlement>,
  record: (failure: Settlement) => Settlement,
): Promise<Settlement> {
  let last: Value = null;
  for (let round = 0; ; round += 1) {
    const settlement = await runRound(roundPath(path, round), scope.withRepeat({ round, last }));
    if (settlement.outcome !== 'succeeded') return settlement;
    last = settlement.value ?? null;
    const bindings = scope.withRepeat({ round, last }).bindings();
    const next = attempt(() => decideNext(repeat, round, bindings));
    if (!next.ok) return record(next.failure);
    if (next.value === 'end') return settlement;
    if (next.value === 'exhausted') return record(exhausted(repeat, `Task '${path}'`));
  }
}

/**
 * What follows a round that succeeded.
 *
 * @param bindings what `until` sees. Throws `ExpressionError` if it cannot be evaluated.
 */
export function decideNext(
  { until, maxRounds = Infinity }: Repeat,
  round: number,
  bindings: Bindings,
): 'again' | 'end' | 'exhausted' {
  if (until !== undefined && evaluateCondition(until, bindings)) return 'end';
  if (round + 1 < maxRounds) return 'again';
  return until === undefined ? 'end' : 'exhausted';
}

/** @param subject what has repeated, as the message names it. */
export function exhausted({ until = '', maxRounds }: Repeat, subject: string): Settlement {
  return failed(
    ROUNDS_EXHAUSTED,
    `${subject} has run ${maxRounds} rounds, and until is still false: ${until}`,
  );
}
