/** From a model's answer to the cells of a row, none of which becomes another value on its way. */
import type { Fields } from '../../../definitions/documents/fields.ts';
import { isWellFormed } from '../../../definitions/documents/well-formed-text.ts';
import {
  exactJsonText,
  inexactNumber,
  InexactNumber,
  parseExactJson,
  type ExactJson,
} from '../../imports/exact-json.ts';
import type { AnswerColumn } from './answer-columns.ts';

/**
 * JSON text of an object with a cell for each column, or why the row has none: `OUT_OF_RANGE` (a number that the column does not
 * hold), `BROKEN_UNICODE` (half of a surrogate pair, which no file keeps).
 */
export type AnswerCells =
  | { readonly value: string; readonly error: null }
  | { readonly value: null; readonly error: 'OUT_OF_RANGE' | 'BROKEN_UNICODE' };

const INT64 = 2n ** 63n;

/**
 * @param answer as a reader has it that rounds numbers.
 * @param json its text, whose numbers keep every digit.
 */
export function answerCells(columns: readonly AnswerColumn[], answer: Fields, json: string): AnswerCells {
  const exact = exactFields(json);
  const cells: [string, string | number | boolean | null][] = [];
  for (const { name, type } of columns) {
    const value = (exact ?? answer)[name] as ExactJson | undefined;
    if (value === undefined || value === null) {
      cells.push([name, null]);
    } else if (typeof value === 'string') {
      if (!isWellFormed(value)) return { value: null, error: 'BROKEN_UNICODE' };
      cells.push([name, value]);
    } else if (typeof value === 'boolean') {
      cells.push([name, value]);
    } else if (type === 'BIGINT') {
      const integer = asInteger(value, exact !== undefined);
      if (integer === undefined) return { value: null, error: 'OUT_OF_RANGE' };
      cells.push([name, String(integer)]);
    } else if (type === 'DOUBLE' && isNumber(value)) {
      // What a DOUBLE rounds, every reader of a number rounds.
      cells.push([name, Number(exactJsonText(value))]);
    } else {
      if (exact === undefined && hasUnsafe(value)) return { value: null, error: 'OUT_OF_RANGE' };
      const source = exactJsonText(value);
      if (!isWellFormedJson(source)) return { value: null, error: 'BROKEN_UNICODE' };
      cells.push([name, source]);
    }
  }
  return { value: JSON.stringify(Object.fromEntries(cells)), error: null };
}

function exactFields(text: string): { readonly [key: string]: ExactJson } | undefined {
  try {
    const value = parseExactJson(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { readonly [key: string]: ExactJson })
      : undefined;
  } catch {
    return undefined;
  }
}

function asInteger(value: ExactJson, isExact: boolean): bigint | undefined {
  if (typeof value === 'bigint') return value >= -INT64 && value < INT64 ? value : undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
  // Digits beyond 2^53 may have been others.
  if (!isExact && !Number.isSafeInteger(value)) return undefined;
  return asInteger(BigInt(value), true);
}

function isNumber(value: ExactJson): value is number | bigint | InexactNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof InexactNumber;
}

function hasUnsafe(value: ExactJson): boolean {
  if (inexactNumber(value) !== undefined) return true;
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnsafe);
}

/** The same of JSON text, whose writer escapes such halves. */
function isWellFormedJson(source: string): boolean {
  return !/(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]/.test(source) && isWellFormed(source);
}
