/** Whether a text has no half of a surrogate pair: UTF-8, and so every file, cannot hold one. */
export function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}
