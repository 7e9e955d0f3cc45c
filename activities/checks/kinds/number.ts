import { scored, unscored, verdict } from '../check.ts';
import { comparing, told } from './compare.ts';

/** A number as people and models write it: a sign, thousands with commas, a fraction, an exponent. */
const NUMBER = /[-+−]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:e[-+]?\d{1,3})?|[-+−]?\.\d+/gi;

export const number = comparing('number', (output, text, { tolerance = 0, relative = 0 }) => {
  const expected = lastNumber(text);
  if (expected === undefined)
    return unscored('NO_EXPECTED', `What is expected, ${told(text)}, is no number.`);
  const found = lastNumber(output);
  if (found === undefined) return scored(0, 'there is no number in it');
  const allowed = Math.max(tolerance, relative * Math.abs(expected));
  // A tolerance of 0.1 lets 0.3 pass for 0.2, whatever binary fractions make of them.
  const passes = Math.abs(found - expected) <= allowed + 1e-12 * Math.max(1, Math.abs(expected));
  return verdict(passes, `its last number is ${found}, not ${expected}`);
});

/** The last number of a text; undefined if there is none. */
export function lastNumber(text: string): number | undefined {
  const last = [...text.matchAll(NUMBER)].at(-1)?.[0];
  return last === undefined ? undefined : Number(last.replaceAll(',', '').replace('−', '-'));
}
