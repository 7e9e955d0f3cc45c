/** Whether a text has no half of a surrogate pair: UTF-8, and so every file, cannot hold one. */
export function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}

/** The same for every text in a JSON value, keys included. */
export function isWellFormedJson(value: unknown): boolean {
  if (typeof value === 'string') return isWellFormed(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, entry]) => isWellFormed(key) && isWellFormedJson(entry));
}
