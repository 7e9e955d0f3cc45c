/** The words of a text, in any language: also of those that are written without spaces between them. */

/** Scripts whose words stand beside one another without a space. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Letters, digits, and what belongs to a letter: vowel signs, accents, joiners. */
const WORD = /[\p{L}\p{N}\p{M}\u200c\u200d]+/gu;
const ASCII_WORD = /[a-z0-9]+/g;
const ASCII = /^[\x20-\x7e\s]*$/;
/** Without a language: the dictionary is that of the script. */
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** All words in order, in lower case; no punctuation, and no two spellings of one letter (NFKC). */
export function wordsOf(text: string): string[] {
  if (ASCII.test(text)) return text.toLowerCase().match(ASCII_WORD) ?? [];
  const words = text.normalize('NFKC').toLowerCase().match(WORD) ?? [];
  return words.flatMap((word) => splitUnspaced(word));
}

/** How long a text is: what stands between spaces, and of scripts without spaces each word. */
export function countWords(text: string): number {
  const parts = text.split(/\s+/).filter(Boolean);
  if (!UNSPACED.test(text)) return parts.length;
  return parts.reduce((sum, part) => sum + Math.max(1, splitUnspaced(part).length), 0);
}

/** The words of a piece of text without spaces; the piece itself where its script has spaces between words. */
export function splitUnspaced(piece: string): string[] {
  if (!UNSPACED.test(piece)) return [piece];
  return [...segmenter.segment(piece)].flatMap(({ segment, isWordLike }) => (isWordLike ? segment : []));
}

/** Whether a word is of a script that has no spaces between words, where one or two letters are a whole word. */
export function isUnspaced(word: string): boolean {
  return UNSPACED.test(word);
}
