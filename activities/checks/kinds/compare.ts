/** What an answer is held against: a value of the config, or a column of the prompts file. */
import type { Comparison } from '../../../configs/settings/checks.ts';
import { cutText } from '../../../definitions/model/cut-text.ts';
import { fieldOf, fieldText } from '../../imports/prompt-fields.ts';
import { unscored, type CheckedAnswer, type CheckResult } from '../check.ts';

/** Characters of a text that a reason repeats. */
const TOLD_CHARS = 80;

/** The expected text, or the result of an answer whose prompt has none: `NO_EXPECTED`. */
export function expectedText(
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
