/** The simulated models' tokens: words with the space before them, single digits, runs of signs, white space. */

/** Splits a text into tokens; joined, they are the text again. */
export function tokenize(text: string): string[] {
  return text.match(/ ?\p{L}+|\d| ?[^\s\p{L}\d]+|\s+/gu) ?? [];
}

/** Tokens of prompt and answer together. */
export const MAX_MODEL_LEN = 32_768;
/** What a chat template costs a message. */
const TEMPLATE_TOKENS = 4;

export function countTokens(messages: readonly { readonly content: string }[]): number {
  return messages.reduce((sum, { content }) => sum + tokenize(content).length + TEMPLATE_TOKENS, 0);
}
