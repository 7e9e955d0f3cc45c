/** Which sentences a rewriting has and the prompt that it was made of has not: in any language. */

/** Without a language: the marks that end a sentence in most scripts. */
const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

/** Sentences in order, each once, trimmed; a text without an end mark is one sentence. */
export function sentencesOf(text: string): string[] {
  const segments = [...segmenter.segment(text.normalize('NFKC'))].map(({ segment }) => segment.trim());
  return [...new Set(segments)].filter((sentence) => sentence !== '');
}

/** The sentences of `prompt` that `basePrompt` has not, whatever their case. */
export function addedSentences(basePrompt: string, prompt: string): string[] {
  const known = new Set(sentencesOf(basePrompt).map((sentence) => sentence.toLowerCase()));
  return sentencesOf(prompt).filter((sentence) => !known.has(sentence.toLowerCase()));
}
