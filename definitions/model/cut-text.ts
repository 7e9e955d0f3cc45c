/** Texts that people read, kept to a length. Pure; runs inside the workflow sandbox. */

/** The text itself, or its beginning and how much is left out. @param maxChars of the beginning, in UTF-16 code units. */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const isInPair = /[\uD800-\uDBFF]/.test(text.charAt(maxChars - 1));
  const end = isInPair ? maxChars - 1 : maxChars;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}
