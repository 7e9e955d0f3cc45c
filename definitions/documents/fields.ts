/** Looking into values of unknown shape. Pure. */

/** A map of JSON. */
export type Fields<Item = unknown> = { readonly [key: string]: Item };

/** Whether it is a map: neither null nor a list. */
export function isFields<Item = unknown>(value: unknown): value is Fields<Item> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The texts of a list; none if the value is no list. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
