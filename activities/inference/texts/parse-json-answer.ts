import { isFields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import type { Fields } from '../../../definitions/documents/fields.ts';
import { findJsonObjects, type FoundObject } from './json-objects.ts';

/**
 * The last whole JSON object in a model's text that fits, whatever stands around it (prose, code fences, earlier drafts).
 * Undefined if there is none, or if it was cut off.
 */
export function findJsonAnswer(
  text: string,
  fits: (value: Fields) => boolean = () => true,
): Pick<FoundObject, 'value' | 'json'> | undefined {
  const whole = parseJson(text);
  if (isFields(whole) && fits(whole)) return { value: whole, json: text };
  return findJsonObjects(text).findLast(({ value }) => fits(value));
}

/** The value of `findJsonAnswer`. */
export function parseJsonAnswer(text: string, fits?: (value: Fields) => boolean): Fields | undefined {
  return findJsonAnswer(text, fits)?.value;
}
