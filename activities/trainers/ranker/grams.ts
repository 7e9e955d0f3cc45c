/** What a rewriting adds to a prompt, as hashed n-grams: of words, and of the pieces that words are made of. */
import { fnv1a32, spread } from '../../../definitions/model/fnv.ts';
import type { Wording } from '../../wording/read-wording.ts';
import { isUnspaced } from '../../wording/words.ts';

/** Letters of a piece: the stem or the ending of a word; of a script without spaces two are as much. */
const PIECE = 4;
const UNSPACED_PIECE = 2;

/** Words, and words that stand side by side, that `prompt` has and `base` has not, each once. */
export function addedWords(base: Wording, prompt: Wording): string[] {
  return added(base, prompt, ({ words }) => [
    ...words,
    ...words.slice(1).map((word, index) => `${words[index]} ${word}`),
  ]);
}

/** Pieces of words, the ends of a word marked, that `prompt` has and `base` has not, each once: forms of one word share some. */
export function addedPieces(base: Wording, prompt: Wording): string[] {
  return added(base, prompt, ({ words }) =>
    words.flatMap((word) => {
      const letters = Array.from(`^${word}$`);
      const length = isUnspaced(word) ? UNSPACED_PIECE : PIECE;
      const count = Math.max(1, letters.length - length + 1);
      return Array.from({ length: count }, (_, start) => letters.slice(start, start + length).join(''));
    }),
  );
}

function added(base: Wording, prompt: Wording, gramsOf: (wording: Wording) => readonly string[]): string[] {
  const known = new Set(gramsOf(base));
  return [...new Set(gramsOf(prompt))].filter((gram) => !known.has(gram));
}

/** A bucket of `buckets`, a power of two. */
export function bucketOf(gram: string, buckets: number): number {
  return spread(fnv1a32(gram)) & (buckets - 1);
}
