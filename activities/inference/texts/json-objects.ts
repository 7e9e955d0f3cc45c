/** JSON objects that stand in a text, whatever stands around them: prose, code fences, other objects. */
import { isFields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import type { Fields } from '../../../definitions/documents/fields.ts';
import { endOfString } from './json-string.ts';
import { mendJson } from './mend-json.ts';

/** Characters that are looked at, and mended, in vain, as multiples of the text's length: they keep the time linear in it. */
const MOST_LOOKS = 10;
const MOST_MENDED = 1.5;
/** Things that begin like an object and are none, after which no further one is looked at. */
const MOST_FAILURES = 1_000;

/** A JSON object that stands in a text. */
export interface FoundObject {
  readonly value: Fields;
  /** Its JSON text, mended if need be. */
  readonly json: string;
  /** Offset of its `{`. */
  readonly start: number;
  /** Offset after its `}`. */
  readonly end: number;
}

/**
 * The whole objects of a text that stand in no other one, in their order. Raw line breaks in strings and commas before a
 * closing bracket are mended. The search ends at an object that was cut off: taking one inside it would give an answer
 * nobody gave.
 */
export function findJsonObjects(text: string): FoundObject[] {
  const found: FoundObject[] = [];
  // Sticky, so that a `{` of prose costs no search.
  const beginning = /\{\s*["}]/y;
  let looks = MOST_LOOKS * text.length;
  let mended = MOST_MENDED * text.length;
  let failures = 0;
  for (let start = text.indexOf('{'); start !== -1; start = text.indexOf('{', start)) {
    beginning.lastIndex = start;
    if (beginning.test(text)) {
      const end = endOfObject(text, start);
      if (end === undefined) break;
      const source = text.slice(start, end);
      let json = source;
      let value = parseJson(json);
      if (value === undefined && source.length <= mended) {
        mended -= source.length;
        json = mendJson(source);
        value = parseJson(json);
      }
      if (isFields(value)) {
        found.push({ value, json, start, end });
        start = end;
        continue;
      }
      looks -= source.length;
      failures += 1;
      if (looks < 0 || failures > MOST_FAILURES) break;
    }
    start += 1;
  }
  return found;
}

/** Offset after the brace that closes the one at `start`; undefined if the text ends before. */
function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  for (let offset = start; offset < text.length; offset += 1) {
    const char = text[offset];
    if (char === '"') {
      const end = endOfString(text, offset + 1);
      if (end === undefined) return undefined;
      offset = end - 1;
    } else if (char === '{') depth += 1;
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return offset + 1;
    }
  }
  return undefined;
}
