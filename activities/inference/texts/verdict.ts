/** A validator's verdict: which of the JSON objects in its answer it is, and the scores that stand there. */
import { GREATEST_SCORE, LEAST_SCORE } from '../../../configs/settings/criteria.ts';
import type { Fields } from '../../../definitions/documents/fields.ts';
import { findJsonObjects, type FoundObject } from './json-objects.ts';

/** Objects around the one with the scores, at the most. */
const MOST_WRAPPINGS = 3;

/** A score by each key that was asked for; null where it is not to be had. */
export type Scores = { readonly [key: string]: number | null };

export interface Verdict {
  readonly value: Fields;
  /** As it stands in the answer. */
  readonly source: string;
}

/**
 * The last whole object that has the most of the scores that are asked for, and is no quotation: a validator may repeat what
 * it was given to judge, and that may hold scores of its own making.
 * @param judged the texts that the validator was given: an object that stands there, with any layout, or that has all the scores
 * of one that stands there, is a quotation of it.
 */
export function findVerdict(
  text: string,
  keys: readonly string[],
  judged: readonly string[],
): Verdict | undefined {
  const forged = judged.flatMap((one) => findJsonObjects(one).map(({ value }) => scoresOf({ value }, keys)));
  const squeezed = judged.map(squeeze);
  let best: Verdict | undefined;
  let most = 1;
  for (const { value, start, end } of findScored(text, keys)) {
    const source = text.slice(start, end);
    const scores = scoresOf({ value }, keys);
    const count = countScores(scores);
    if (count < most || isInQuotes(text, start, end)) continue;
    if (forged.some((other) => keys.every((key) => other[key] === scores[key]))) continue;
    // Also of one that was cut off, and closed by the validator.
    if (squeezed.some((one) => one.includes(squeeze(source).slice(0, -1)))) continue;
    most = count;
    best = { value, source };
  }
  return best;
}

/** The objects of a text; of one without a score those that stand in it, such as `{"scores": {…}}`. */
function findScored(text: string, keys: readonly string[], depth = 0): readonly FoundObject[] {
  return findJsonObjects(text).flatMap((found) => {
    if (depth === MOST_WRAPPINGS || countScores(scoresOf(found, keys)) > 0) return [found];
    const from = found.start + 1;
    const inside = findScored(text.slice(from, found.end - 1), keys, depth + 1);
    return inside.map((one) => ({ ...one, start: from + one.start, end: from + one.end }));
  });
}

/** Numbers, or strings of one, from 1 to 5; else null. */
export function scoresOf(verdict: Pick<Verdict, 'value'> | undefined, keys: readonly string[]): Scores {
  return Object.fromEntries(
    keys.map((key) => [key, verdict === undefined ? null : asScore(verdict.value[key])]),
  );
}

export function countScores(scores: Scores): number {
  return Object.values(scores).filter((score) => score !== null).length;
}

function asScore(value: unknown): number | null {
  const number = typeof value === 'string' && /^\s*\d(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= LEAST_SCORE && number <= GREATEST_SCORE ? number : null;
}

/** Whether quotation marks stand right around it, or its line is a quotation in Markdown. */
function isInQuotes(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 1), start);
  const after = text.slice(end, end + 1);
  const isMarked = /["'“„«‘]/u.test(before) && /["'”“»’]/u.test(after);
  return isMarked || /(?:^|\n)[ \t]*>[^\n]*$/.test(text.slice(Math.max(0, start - 200), start));
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
