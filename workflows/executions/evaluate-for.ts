/** Answers those who want to know what an expression is worth in a run, by its values so far. Pure. */
import { evaluate, parseTemplate } from '../../definitions/expressions/expression.ts';
import { uncounted } from '../../definitions/expressions/meter.ts';
import { jsonBytes } from '../../definitions/model/value-size.ts';
import type { Value } from '../../definitions/model/types.ts';
import type { EvaluateAnswer } from '../messages.ts';
import { attempt } from '../state/attempt.ts';
import type { Scope } from '../state/bindings.ts';

/** Bytes of an answer, below Temporal's limit of 2 MB. */
const MAX_ANSWER_BYTES = 1_500_000;

/**
 * Never throws for what anybody may ask, and leaves no trace in the run: errors `WRONG_INPUT`, `RUN_NOT_PINNED`,
 * `EXPRESSION_ERROR` and `EXPRESSION_TOO_LARGE` are answers.
 *
 * @param asked CEL, with or without `${ }` around it, or a text with expressions in it.
 * @param scope what the definition's own outputs see; undefined before the run is pinned.
 */
export function evaluateFor(asked: unknown, scope: Scope | undefined): EvaluateAnswer {
  if (typeof asked !== 'string' || asked.trim() === '')
    return refuse('WRONG_INPUT', 'evaluate takes an expression as a text, such as "tasks.build.count".');
  if (scope === undefined) return refuse('RUN_NOT_PINNED', 'None of the values of the run is known yet.');
  // Steps of a question must not count among those by which the run paces itself.
  const worth = uncounted(() => attempt(() => evaluate(templateOf(asked), scope.bindings())));
  if (!worth.ok) {
    const { type = '', message = '' } = worth.failure.failure ?? {};
    return refuse(type, message);
  }
  const bytes = jsonBytes(worth.value);
  if (bytes <= MAX_ANSWER_BYTES) return { value: worth.value };
  return refuse('EXPRESSION_TOO_LARGE', `The value takes ${bytes} bytes; ${MAX_ANSWER_BYTES} can be shown.`);
}

function templateOf(asked: string): Value {
  const isTemplate = parseTemplate(asked).some(({ kind }) => kind === 'expression');
  return isTemplate ? asked : `\${${asked}}`;
}

function refuse(type: string, message: string): EvaluateAnswer {
  return { error: { type, message } };
}
