/** The simulated models' tokens: words with the space before them, single digits, runs of signs, white space. */

/** Splits a text into tokens; joined, they are the text again. */
export function tokenize(text: string): string[] {
  return text.match(/ ?\p{L}+|\d| ?[^\s\p{L}\d]+|\s+/gu) ?? [];
}
