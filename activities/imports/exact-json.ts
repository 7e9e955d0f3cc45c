/** JSON in which no number becomes another one. */
import { parse } from 'lossless-json';

/** A JSON value with its numbers exact: integers beyond 2^53 are `bigint`, what no `number` can hold is `InexactNumber`. */
export type ExactJson =
  | string
  | number
  | bigint
  | boolean
  | null
  | InexactNumber
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson };

/** A JSON number that is beyond the range of `number`, as it was written, such as `1e400` and `1e-400`. */
export class InexactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A key that stands twice in one object, with different values. */
export class DuplicateKeyError extends Error {
  override readonly name = 'DuplicateKeyError';
}

/** What a text that is cut into pieces may nest; the parser's own stack bears several times that. */
const MAX_DEPTH = 500;

/** Numbers that `JSON.parse` may change: long ones, and those with an exponent of three digits. */
const MAY_CHANGE = /\d{16}|[eE][+-]?\d{3}/;

/**
 * The value of a JSON text.
 *
 * @throws SyntaxError for what is no JSON, RangeError for what is nested more than 500 deep, DuplicateKeyError.
 */
export function parseExactJson(text: string): ExactJson {
  const pairs = countPairs(text);
  // Several times as fast, and right where no number can change and no key stands twice.
  if (!MAY_CHANGE.test(text)) {
    const value = JSON.parse(text) as ExactJson;
    if (countKeys(value) === pairs) return value;
  }
  return parse(text, undefined, {
    parseNumber: exactNumber,
    onDuplicateKey: ({ key }) => {
      throw new DuplicateKeyError(`has the key '${key}' twice, with different values`);
    },
  }) as ExactJson;
}

/**
 * The value of a JSON text that somebody else wrote, for a history: a number that JSON's readers would change is a text of its
 * digits, as in the rows of a query. Undefined for what is no JSON, or is nested more than 500 deep. Of equal keys the last counts, as everywhere.
 */
export function parseForeignJson(text: string): unknown {
  try {
    // Whatever takes the value afterwards calls itself for each level.
    countPairs(text);
    if (!MAY_CHANGE.test(text)) return JSON.parse(text);
    return parse(text, undefined, {
      parseNumber: (digits) => asJson(exactNumber(digits)),
      onDuplicateKey: ({ newValue }) => newValue,
    });
  } catch {
    return undefined;
  }
}

/** JSON text of a value, with its numbers as they were. */
export function exactJsonText(value: ExactJson): string {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof InexactNumber) return value.text;
  if (isExactList(value)) return `[${value.map(exactJsonText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([key, entry]) => `${JSON.stringify(key)}:${exactJsonText(entry)}`,
    );
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The first number of a value that a `number` cannot hold exactly, as it was written; undefined if there is none. */
export function inexactNumber(value: ExactJson): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof InexactNumber) return value.text;
  if (typeof value !== 'object' || value === null) return undefined;
  const entries: readonly ExactJson[] = Object.values(value);
  for (const entry of entries) {
    const found = inexactNumber(entry);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isExactList(value: ExactJson): value is readonly ExactJson[] {
  return Array.isArray(value);
}

function exactNumber(text: string): number | bigint | InexactNumber {
  const number = Number(text);
  const integer = /^(-?\d+)(?:\.0+)?$/.exec(text)?.[1];
  if (integer !== undefined) return Number.isSafeInteger(number) ? number : BigInt(integer);
  const isLost = number === 0 && /^[^eE]*[1-9]/.test(text);
  return Number.isFinite(number) && !isLost ? number : new InexactNumber(text);
}

function asJson(value: number | bigint | InexactNumber): number | string {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? String(value) : value.text;
}

/**
 * How many keys a JSON text writes, those that stand twice counted twice.
 * @throws RangeError for what is nested too deeply: the parsers call themselves for each level.
 */
function countPairs(text: string): number {
  let depth = 0;
  let pairs = 0;
  const marks = /[[\]{}:"]/g;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    const mark = found[0];
    if (mark === '"') marks.lastIndex = endOfString(text, found.index + 1);
    else if (mark === ':') pairs += 1;
    else if (mark === '[' || mark === '{') {
      depth += 1;
      if (depth > MAX_DEPTH) throw new RangeError(`is nested more than ${MAX_DEPTH} deep`);
    } else depth -= 1;
  }
  return pairs;
}

function countKeys(value: ExactJson): number {
  if (typeof value !== 'object' || value === null) return 0;
  const entries: readonly ExactJson[] = Object.values(value);
  const inside = entries.reduce<number>((sum, entry) => sum + countKeys(entry), 0);
  return isExactList(value) ? inside : entries.length + inside;
}

/** Offset after the quote that ends the string whose content begins at `from`; the text's length if none does. */
function endOfString(text: string, from: number): number {
  for (let offset = from; offset < text.length; offset += 1) {
    const char = text[offset];
    if (char === '\\') offset += 1;
    else if (char === '"') return offset + 1;
  }
  return text.length;
}
