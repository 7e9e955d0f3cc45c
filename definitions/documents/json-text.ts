/** JSON texts of which nothing is known yet. */
import { isFields } from './fields.ts';

/** The value of a JSON text; undefined for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The object that a text is; undefined if it is not JSON, or JSON of something else. */
export function parseFields(text: string): { readonly [key: string]: unknown } | undefined {
  const value = parseJson(text);
  return isFields(value) ? value : undefined;
}
