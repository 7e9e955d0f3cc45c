import { neutralise } from '../text/plain-text.ts';
import { answerColumns, type LabelForm, type ShownPair } from './label-columns.ts';

/**
 * The sample as a CSV file to be filled in with a spreadsheet: a row for each pair, with empty columns for the labels. A text that
 * a spreadsheet would take for a formula begins with an apostrophe.
 */
export function labelSheet(
  form: LabelForm,
  criteria: readonly string[],
  pairs: readonly ShownPair[],
): string {
  const columns = answerColumns(form, criteria);
  const rows = pairs.map(({ pair, prompt, a, b }) => [pair, prompt, a, b, '', ...columns.map(() => '')]);
  const head = ['pair', 'prompt', 'answer A', 'answer B', 'labeler', ...columns];
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  const safe = neutralise(text);
  const plain = /^[=+\-@\t]/u.test(safe) ? `'${safe}` : safe;
  return /[",\r\n;]/u.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
