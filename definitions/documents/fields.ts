/** Looking into values of unknown shape. Pure. */

/** A map of JSON: neither null nor a list. */
export function isFields<Item = unknown>(value: unknown): value is { readonly [key: string]: Item } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The texts of a list; none if the value is no list. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
