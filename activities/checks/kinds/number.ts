import { scored, unscored, verdict } from '../check.ts';
import { comparing, told } from './compare.ts';

/**
 * A number as people and models write it: a sign, digits in groups of three (or as in India) by commas or narrow blanks, a
 * fraction, an exponent.
 */
const NUMBER =
  /[-+−]?(?:\d{1,3}(?:[,\u00A0\u2009\u202F]\d{3})+(?!\d)|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d+)(?:\.\d+)?(?:e[-+]?\d{1,3})?|[-+−]?\.\d+/gi;

/** How two numbers may differ that binary fractions make of the same one, as a share. */
const ROUNDING = 1e-12;

export const number = comparing('number', (output, text, { tolerance = 0, relative = 0 }) => {
  const expected = lastNumber(text);
  if (expected === undefined)
    return unscored('NO_EXPECTED', `What is expected, ${told(text)}, is no number.`);
  const found = lastNumber(output);
  if (found === undefined) return scored(0, 'there is no number in it');
  const allowed = Math.max(tolerance, relative * Math.abs(Number(expected)));
  return verdict(gap(found, expected) <= allowed, `its last number is ${found}, not ${expected}`);
});

/**
 * The last number of a text, in the digits of any script, as JavaScript writes one; undefined if there is none. A text, since whole
 * numbers beyond 2^53 differ in digits that no `number` has.
 */
export function lastNumber(text: string): string | undefined {
  const last = [...withPlainDigits(text).matchAll(NUMBER)].at(-1)?.[0];
  return last?.replaceAll(/[,\u00A0\u2009\u202F]/g, '').replace('−', '-');
}

/** How far two numbers are apart: exactly where both are whole; else 0.3 is no further from 0.2 than 0.1 is from 0. */
function gap(one: string, other: string): number {
  if (isWhole(one) && isWhole(other)) {
    const difference = BigInt(one.replace('+', '')) - BigInt(other.replace('+', ''));
    return Math.abs(Number(difference));
  }
  const rounding = ROUNDING * Math.max(1, Math.abs(Number(other)));
  return Math.max(0, Math.abs(Number(one) - Number(other)) - rounding);
}

function isWhole(written: string): boolean {
  return /^[-+]?\d+$/.test(written);
}

/** Digits of every script as 0 to 9, and the marks between Arabic ones. */
function withPlainDigits(text: string): string {
  return text
    .replaceAll('٬', ',')
    .replaceAll('٫', '.')
    .replaceAll(/\p{Nd}/gu, (digit) => String(valueOf(digit.codePointAt(0) ?? 0)));
}

/** A script's ten digits stand one after another, and none before them. */
function valueOf(digit: number): number {
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(digit - value - 1))) value += 1;
  return value;
}
