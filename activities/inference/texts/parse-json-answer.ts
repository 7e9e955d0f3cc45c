import { isFields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import type { Fields } from '../../../definitions/documents/fields.ts';
import { findJsonObjects } from './json-objects.ts';

/**
 * The last whole JSON object in a model's text that fits, whatever stands around it (prose, code fences, earlier drafts).
 * Undefined if there is none, or if it was cut off.
 */
export function parseJsonAnswer(
  text: string,
  fits: (value: Fields) => boolean = () => true,
): Fields | undefined {
  const whole = parseJson(text);
  if (isFields(whole) && fits(whole)) return whole;
  return findJsonObjects(text)
    .map(({ value }) => value)
    .findLast(fits);
}
