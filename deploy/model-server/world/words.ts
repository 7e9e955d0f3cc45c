/** Finds what a text is about: its words, less those that only ask, instruct or hold sentences together. */
import { bodies, details, emptyAnswer, muddles, openings, orderWords, supports } from './answer-language.ts';
import { requestPatterns } from './request-patterns.ts';
import { wordings } from './wordings.ts';

const FUNCTION_WORDS = `
a able about above across actually after again against ago all almost along already also although always am among an and
another any anybody anyone anything are around as ask at away back be became because become been before began begin being
below best better between both but by came can cannot come comes could did didn't do does doesn't doing don't done down
during each early either else end enough even ever every everyone everything far few fewer find first for from full further gave get gets
getting give given gives go goes going gone got had half happen happens hard has hasn't have haven't having he help her
here hers him his hope how however i i'd i'll i'm i've if important in instead into is isn't it it's its just keep keeps
kind kinds know known large last late later learn least less let like little long look looking lot lots made main make makes
making many matter matters may maybe me mean means might mind mine more most mostly much must my myself need needed needs
neither never new next no nobody none nor not nothing now of off often old on once one ones only or other others our out
over own part people perhaps point points possible properly put quite rather really reason reasons right round said same
say says see seem seems several shall she should show side simply since so some somebody someone something sometimes soon
start started still stop such sure take takes taking tell than thank that that's the their them then there these they thing
things think this those though three through time times to today together told too took toward tried try trying turn two
under until up upon us use used uses using usual usually very want wanted wants was way ways we well went were what what's
when where whether which while who whole whom whose why will with within without won't wonder wondering word words work
worked working works worse worst worth would write wrong yes yet you your yours
answer answers audience brief bullet bullets clear concise concrete context correct detail details difference differences
draft example examples explain explained explanation format goal guide headings idea ideas instruction instructions
information list numbered paragraph paragraphs please prompt purpose question questions recommend request response
section sections sentence sentences short simple specific step steps structure style suggest summary table text tips
tone topic understand useful
`;

/** Lower case, without a possessive or plural ending, so that "pots" and "pot" are one word. */
function stem(word: string): string {
  const bare = word.endsWith("'s") ? word.slice(0, -2) : word;
  if (bare.length > 4 && bare.endsWith('ies')) return `${bare.slice(0, -3)}y`;
  if (bare.length > 3 && bare.endsWith('s') && !bare.endsWith('ss')) return bare.slice(0, -1);
  return bare;
}

function plainWordsOf(text: string): string[] {
  return text.toLowerCase().match(/\p{L}[\p{L}']+/gu) ?? [];
}

const functionWords: ReadonlySet<string> = new Set(
  [
    FUNCTION_WORDS,
    emptyAnswer,
    ...Object.values(bodies)
      .flat()
      .map((body) => body.replace('{s}', '')),
    ...Object.values(details).flat(),
    ...Object.values(supports).flat(),
    ...muddles,
    ...orderWords,
    ...openings,
    ...requestPatterns.map((pattern) => pattern.replace(/\{[ab]\}/g, '')),
    ...wordings.flatMap((wording) => wording.phrases),
  ]
    .flatMap(plainWordsOf)
    .map(stem),
);

/** The stems of all words of a text. */
export function stemsOf(text: string): ReadonlySet<string> {
  return new Set(plainWordsOf(text).map(stem));
}

/**
 * The content words of a text in order of first appearance, each once, by stem and as it stands there (lower case).
 * A text of nothing but function words counts with all of them of four letters or more.
 */
export function contentWordsOf(text: string): ReadonlyMap<string, string> {
  const content = new Map<string, string>();
  const words = plainWordsOf(text);
  for (const word of words) {
    const key = stem(word);
    if (key.length > 2 && !functionWords.has(key) && !content.has(key)) content.set(key, word);
  }
  if (content.size === 0) {
    for (const word of words) if (word.length > 3) content.set(stem(word), word);
  }
  return content;
}

/**
 * What a text is about, in order of first appearance, each once: runs of up to three content words that stand
 * side by side, such as "potting soil". Empty for a text without any word to go by.
 */
export function subjectsOf(text: string): string[] {
  const content = contentWordsOf(text);
  const subjects: string[] = [];
  let run: string[] = [];
  const close = (): void => {
    if (run.length > 0) subjects.push(run.join(' '));
    run = [];
  };
  for (const [token] of text.toLowerCase().matchAll(/\p{L}[\p{L}']+|[^\s\p{L}]+/gu)) {
    if (!content.has(stem(token))) close();
    else if (run.push(token) === 3) close();
  }
  close();
  return [...new Set(subjects)];
}

/** Whether a text has a content word of its own (and is not only instruction or courtesy). */
export function hasContent(text: string): boolean {
  return plainWordsOf(text).some((word) => {
    const key = stem(word);
    return key.length > 2 && !functionWords.has(key);
  });
}

/** The sentences of a text, in order, trimmed; lines are sentences of their own. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/\n+|(?<=[.!?]["')]?)\s+(?=[\p{L}\d"'(])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
