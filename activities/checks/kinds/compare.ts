/** What an answer is held against: a value of the config, or a column of the prompts file. */
import type { CheckKinds, Comparison } from '../../../configs/settings/checks.ts';
import { cutText } from '../../../definitions/model/cut-text.ts';
import { fieldOf, fieldText } from '../../imports/prompt-fields.ts';
import { unscored, type CheckedAnswer, type CheckResult, type CheckRunner } from '../check.ts';

/** Characters of a text that a reason repeats. */
const TOLD_CHARS = 80;

/**
 * A kind that holds each answer against what is expected of it. An answer whose prompt expects nothing gets `NO_EXPECTED`.
 *
 * @param compare what is said of an output beside what was expected.
 */
export function comparing<Kind extends 'exact' | 'contains' | 'number'>(
  kind: Kind,
  compare: (output: string, expected: string, config: CheckKinds[Kind]) => CheckResult,
): CheckRunner<Kind> {
  return {
    kind,
    batchSize: 1_000,
    run: async (config, answers) =>
      answers.map((answer) => {
        const expected = expectedText(config, answer);
        return typeof expected === 'string' ? compare(answer.output, expected, config) : expected;
      }),
  };
}

function expectedText(
  { value, column = 'expected' }: Comparison,
  { fields }: CheckedAnswer,
): string | CheckResult {
  if (value !== undefined) return value;
  const field = fieldOf(fields, column);
  if (field !== undefined) return fieldText(field);
  return unscored('NO_EXPECTED', `The prompt has no '${column}' to hold the answer against.`);
}

/** A text as comparisons see it: composed characters, no white space around it. */
export function comparable(text: string, ignoreCase = false): string {
  const normal = text.normalize('NFC').trim();
  return ignoreCase ? normal.toLowerCase() : normal;
}

/** A text in quotes, cut, for a reason. */
export function told(text: string): string {
  return `'${cutText(text.trim(), TOLD_CHARS)}'`;
}
