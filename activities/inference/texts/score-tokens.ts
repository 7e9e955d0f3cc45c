/** Scores from 1 to 5 out of a validator's JSON answer: as written, or as the expectation over the score's token. */
import type { TokenLogprob } from '../model-client.ts';
import { findJsonObjects } from './json-objects.ts';
import { endOfString } from './json-string.ts';
import { scoresOf, type Scores, type Verdict } from './verdict.ts';

/** Least probability of the digits 1 to 5 together for their expectation to be a score. */
const LEAST_MASS = 0.5;

/**
 * The expected scores: for each key the token that holds the score's digit is found, and the digits 1 to 5 among its
 * alternatives are averaged by their probabilities, renormalised (G-Eval, arXiv:2303.16634, eq. 1). Null where there
 * is no single digit, where the digits 1 to 5 have less than half of the probability, or where the tokens do not hold
 * the answer; the score as written (`scoresOf`) is the fallback.
 */
export function expectedScores(
  verdict: Verdict,
  logprobs: readonly TokenLogprob[],
  keys: readonly string[],
): Scores {
  const joined = logprobs.map(({ token }) => token).join('');
  const written = scoresOf(verdict, keys);
  const place = placeIn(joined, verdict, written);
  const offsets = place === undefined ? new Map<string, number>() : valueOffsets(joined, place);
  return Object.fromEntries(
    keys.map((key) => {
      const digit = digitAt(joined, offsets.get(key));
      // If the text says something else, these are not its tokens.
      if (digit === undefined || Number(joined[digit]) !== written[key]) return [key, null];
      return [key, expectation(logprobs, digit)];
    }),
  );
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the verdict stands in the joined tokens. They are the text but for what was thought before it, special tokens at its
 * end, and characters that are split over tokens.
 */
function placeIn(joined: string, { source }: Verdict, written: Scores): Place | undefined {
  const start = joined.lastIndexOf(source);
  if (start !== -1) return { start, end: start + source.length };
  return findJsonObjects(joined).findLast((found) => {
    const scores = scoresOf(found, Object.keys(written));
    return Object.entries(written).every(([key, score]) => scores[key] === score);
  });
}

/** Where the value of each of an object's own keys begins; of a key that stands twice, the last, as in JSON.parse. */
function valueOffsets(text: string, { start, end }: Place): Map<string, number> {
  const offsets = new Map<string, number>();
  const mark = /["{}[\]]/g;
  const colon = /\s*:\s*/y;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(text); found !== null && found.index < end; found = mark.exec(text)) {
    if (found[0] === '"') {
      mark.lastIndex = endOfString(text, mark.lastIndex) ?? end;
      colon.lastIndex = mark.lastIndex;
      if (depth === 1 && colon.test(text)) {
        offsets.set(String(JSON.parse(text.slice(found.index, mark.lastIndex))), colon.lastIndex);
      }
    } else depth += found[0] === '{' || found[0] === '[' ? 1 : -1;
  }
  return offsets;
}

/** Offset of the digit of a value that is one digit, perhaps in quotes; undefined for any other value. */
function digitAt(text: string, offset: number | undefined): number | undefined {
  if (offset === undefined) return undefined;
  const value = /"?\s*(?=[1-5](?:\.0+)?\s*[",}\s])/y;
  value.lastIndex = offset;
  return value.test(text) ? value.lastIndex : undefined;
}

function expectation(logprobs: readonly TokenLogprob[], offset: number): number | null {
  const { token, before } = tokenAt(logprobs, offset);
  if (token === undefined) return null;
  // The token that was written may stand among the alternatives once more.
  const alternatives = new Map([token, ...token.top].map((each) => [each.token, each.logprob]));
  let mass = 0;
  let sum = 0;
  for (const [text, logprob] of alternatives) {
    const digit = leadingDigit(text, before);
    if (digit === undefined || Number.isNaN(logprob)) continue;
    const probability = Math.exp(Math.min(0, logprob));
    mass += probability;
    sum += digit * probability;
  }
  // Rounding must not lead out of the scale.
  return mass >= LEAST_MASS ? Math.min(5, Math.max(1, sum / mass)) : null;
}

/** The token that covers an offset of the joined tokens, and what it holds before that offset. */
function tokenAt(
  logprobs: readonly TokenLogprob[],
  offset: number,
): { readonly token: TokenLogprob | undefined; readonly before: string } {
  let start = 0;
  for (const token of logprobs) {
    if (offset < start + token.token.length) return { token, before: token.token.slice(0, offset - start) };
    start += token.token.length;
  }
  return { token: undefined, before: '' };
}

/**
 * The score that an alternative would have written: after the same beginning as the token that was written, or after
 * punctuation only (`4`, ` 4`, `"4"`, `: 4`). Undefined if it would have written anything but a digit from 1 to 5.
 */
function leadingDigit(alternative: string, before: string): number | undefined {
  const rest =
    before !== '' && alternative.startsWith(before)
      ? alternative.slice(before.length)
      : /^[\s":]*$/.test(before)
        ? alternative.replace(/^[\s":]+/, '')
        : '';
  const [digit] = /^[1-5](?![\d.])/.exec(rest) ?? [];
  return digit === undefined ? undefined : Number(digit);
}
