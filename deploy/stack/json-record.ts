/** A JSON object of which nothing is known yet. */
import { isFields } from '../../definitions/documents/fields.ts';
export type JsonRecord = { readonly [key: string]: unknown };

/** The object a text is; undefined if it is not JSON, or JSON of something else. */
export function parseRecord(text: string): JsonRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isFields(value) ? value : undefined;
}
