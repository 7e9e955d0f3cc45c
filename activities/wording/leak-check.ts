/** Whether a rewritten prompt carries over what it must not know: pure. */
import { wordsOf } from './words.ts';

/** Words in a row that two texts do not share by chance: the shortest n-gram that GPT-3's clean-up counted was 8 (Brown et al., arXiv 2005.14165, appendix C). */
const RUN_OF_WORDS = 8;

/** Texts by their runs of eight words, lower-cased and without punctuation; a shorter text has none. */
export type WordRuns = ReadonlySet<string>;

export function wordRunsOf(texts: readonly string[]): WordRuns {
  return new Set(texts.flatMap(runsOf));
}

/**
 * The first run of eight words that a prompt shares with the data and that its base prompt does not have; null if there is none.
 * @param data runs of what it must not know: each set is looked into
 */
export function findLeak(prompt: string, basePrompt: string, data: readonly WordRuns[]): string | null {
  const own = new Set(runsOf(basePrompt));
  return runsOf(prompt).find((run) => !own.has(run) && data.some((runs) => runs.has(run))) ?? null;
}

function runsOf(text: string): string[] {
  const words = wordsOf(text);
  return words.slice(RUN_OF_WORDS - 1).map((_, index) => words.slice(index, index + RUN_OF_WORDS).join(' '));
}
