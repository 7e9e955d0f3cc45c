/** Which words of a request say what it is about, and not how it is asked: pure. */
import * as stopword from 'stopword';
import { wordsOf } from './words.ts';

/** Words with which people ask for whatever it is, in some languages; function words of 60 come from the package. */
const ASKING = new Set(
  [
    `actually advice advise anybody anyone ask answer basic begin beginner best boss brief briefly can clear clearly colleague correctly
    could create curious describe detail detailed easily easy everybody everyone exactly example expert explain explanation find friend
    give good great guidance guide happen hello help hey idea instruction know learn let list make mean need neighbor neighbour overview
    people person please professional properly provide question quick quickly recommend recommendation say sentence short show simple
    simply somebody someone start step suggest suggestion summarise summarize summary teacher tell thing tip try understand use using walk
    want way wonder word work would write do does doing did don doesn didn isn aren won one ll re ve`,
    'anleitung beispiel beschreibe beschreiben bitte einfach erkläre erklären gehe geht gib hilf kurz liste nenne sage schreibe schritt zeige',
    'comment décris donne décrire explique expliquer exemple étape étapes liste montre plaît simple voulez veux écris',
    'cómo describe dime ejemplo escribe explica explicar favor haz lista muestra paso pasos puedes quiero simple',
    '请 解释 怎样 怎么 如何 步骤 方法 什么 告诉 说明 描述 列出 做 给 我 写 帮 一下',
    '教え ください 説明 方法 何 どう どの よう し て する やり方 手順 書い',
  ]
    .join(' ')
    .split(/\s+/u),
);
/** What is left of `I'm` and `don't`. */
const CONTRACTED = /^[dmst]$/u;
/** What English nouns and verbs end in, so that `steps` and `explained` are found in the list. */
const ENDING = /(?:ings?|ed|es|ers?|ly|s)$/u;

const lists = Object.entries(stopword as { readonly [name: string]: unknown }).flatMap(([code, words]) =>
  /^[a-z]{3}$/u.test(code) && Array.isArray(words) ? [{ code, words: new Set(words.map(String)) }] : [],
);
const english = lists.find(({ code }) => code === 'eng')?.words ?? new Set<string>();

/**
 * The content words of each text, each once, in lower case. The language is taken to be one for all: that of whose function words
 * the texts have most. A text of nothing but function words keeps them all.
 */
export function contentWords(texts: readonly string[]): string[][] {
  const words = texts.map((text) => [...new Set(wordsOf(text))]);
  const frequency = new Map<string, number>();
  for (const word of words.flat()) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const own = mostUsed(frequency);
  const isContent = (word: string): boolean =>
    !own.has(word) && !english.has(word) && !isAsking(word) && !CONTRACTED.test(word);
  return words.map((all) => {
    const content = all.filter(isContent);
    return content.length > 0 ? content : all;
  });
}

/** Words that hardly a text in English is without, and that other languages have not, whatever their lists say. */
const ENGLISH_ALONE = new Set(['the', 'and', 'with', 'your', 'my', 'you', 'this', 'that', 'they', 'it']);

/** Whether more of a text's words are function words of English than of any other language; or as many, with one that is English alone. */
export function isEnglish(text: string): boolean {
  const words = wordsOf(text);
  const used = (list: ReadonlySet<string>): number => words.filter((word) => list.has(word)).length;
  const own = used(english);
  const others = Math.max(...lists.filter(({ code }) => code !== 'eng').map((list) => used(list.words)));
  return own > others || (own > 0 && own === others && words.some((word) => ENGLISH_ALONE.has(word)));
}

function isAsking(word: string): boolean {
  return ASKING.has(word) || ASKING.has(word.replace(ENDING, ''));
}

function mostUsed(frequency: ReadonlyMap<string, number>): ReadonlySet<string> {
  let best = { used: 0, words: english as ReadonlySet<string> };
  for (const { words } of lists) {
    let used = 0;
    for (const word of words) used += frequency.get(word) ?? 0;
    if (used > best.used) best = { used, words };
  }
  return best.words;
}
