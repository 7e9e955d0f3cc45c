import { isUnspaced, splitUnspaced } from './words.ts';

/** A prompt as the features see it. */
export interface Wording {
  /** The prompt, NFKC-normalised, without surrounding white space. */
  readonly text: string;
  /** The same in lower case. */
  readonly lower: string;
  /** Its words in lower case, numbers included, in order. */
  readonly words: readonly string[];
  /** Words that carry content: no function words, at least three letters where words have spaces between them, plural s taken off. */
  readonly content: ReadonlySet<string>;
  /** Number of sentences, at least 1. */
  readonly sentences: number;
}

const FUNCTION_WORDS = new Set(
  `a about above after again all also am an and any are as at be because been before being but by can could did do
  does doing don't down each few for from further get give had has have having he her here hers him his how i i'd i'll
  i'm i've if in into is it it's its just know let like make me more most my need no nor not now of off on once one only
  or other our out over own please really same she should so some such tell than that that's the their them then there
  these they this those through to too under until up us use very want was we were what what's when where which while
  who whom why will with without would you you're your`.split(/\s+/),
);

/** Reads a prompt. */
export function readWording(prompt: string): Wording {
  const text = prompt.normalize('NFKC').replaceAll('’', "'").trim();
  const lower = text.toLowerCase();
  const words = (lower.match(/\p{L}[\p{L}\p{M}'\u200c\u200d]*|\p{N}+/gu) ?? []).flatMap((word) =>
    splitUnspaced(word),
  );
  const content = new Set(words.filter(isContent).map((word) => stem(word)));
  const ends =
    (prompt.match(/[^\s.!?…][.!?…]+(?=\s|$)/g)?.length ?? 0) + (prompt.match(/[。！？।॥]+/g)?.length ?? 0);
  const open = /[.!?。।॥؟]["')\]」』]*$/.test(text) ? 0 : 1;
  return { text, lower, words, content, sentences: Math.max(1, ends + open) };
}

/** Chinese characters and short kana that hold sentences together. */
const PARTICLES = /^(?:[的了是在和我你他她它这那请一个就也都吗呢吧把被与及或]|\p{Script=Hiragana}{1,2})$/u;

/** Where scripts have no spaces, one letter may be a word. */
function isContent(word: string): boolean {
  if (isUnspaced(word)) return !PARTICLES.test(word);
  return word.length >= 3 && !FUNCTION_WORDS.has(word);
}

function stem(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}
