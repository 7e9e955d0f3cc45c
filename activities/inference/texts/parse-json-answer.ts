import { isFields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import type { JsonObject } from '../json-value.ts';

/** Things that begin like an object and are looked at; keeps the time linear in the text, however hostile. */
const MAX_CANDIDATES = 10;

/** A JSON object that stands in a text. */
export interface FoundObject {
  readonly value: JsonObject;
  /** Offset of its `{`. */
  readonly start: number;
  /** Offset after its `}`. */
  readonly end: number;
}

/**
 * The first JSON object in a model's text, whatever stands around it (prose, code fences). Undefined if there is none
 * or if it was cut off. What a model thinks aloud before `</think>` does not count.
 */
export function parseJsonAnswer(text: string): JsonObject | undefined {
  return findJsonObject(text)?.value;
}

/** Like `parseJsonAnswer`, with the place where the object stands. */
export function findJsonObject(text: string): FoundObject | undefined {
  // Sticky, so that a `{` of prose costs no search.
  const beginning = /\{\s*["}]/y;
  let start = text.indexOf('{', text.lastIndexOf('</think>') + 1);
  for (
    let candidates = 0;
    start !== -1 && candidates < MAX_CANDIDATES;
    start = text.indexOf('{', start + 1)
  ) {
    beginning.lastIndex = start;
    if (!beginning.test(text)) continue;
    candidates += 1;
    const end = endOfObject(text, start);
    // Taking an object inside one that was cut off would give an answer nobody gave.
    if (end === undefined) return undefined;
    const value = parseJson(text.slice(start, end));
    if (isFields(value)) return { value, start, end };
  }
  return undefined;
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

/** Offset after the quote that ends the JSON string whose content begins at `from`; undefined if the text ends before. */
export function endOfString(text: string, from: number): number | undefined {
  // A loop: an expression for this runs out of stack on strings of megabytes.
  for (let offset = from; offset < text.length; offset += 1) {
    if (text[offset] === '\\') offset += 1;
    else if (text[offset] === '"') return offset + 1;
  }
  return undefined;
}
