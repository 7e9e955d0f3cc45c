/** Looking into JSON of unknown form. */
export type JsonObject = { readonly [key: string]: unknown };

/** The value of a JSON text; undefined for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
