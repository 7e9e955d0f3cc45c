/** What is wrong with a rewriting, before anything is spent on answering it: pure. */
import { isAnswer, isRequest } from '../wording/request.ts';
import { findLeak, wordRunsOf } from '../wording/leak-check.ts';
import { wordsOf } from '../wording/words.ts';
import { readWording } from '../wording/read-wording.ts';

/**
 * Why a rewriting is not used. `COPIED_INSTRUCTION`: it says what the model was told, a placeholder for instance; `UNCHANGED`:
 * it is the untouched prompt; `ANSWERED`: it answers instead of asking; `LOST_CONTENT`: nothing of what was asked about is in
 * it. Durable: they stand in the column `error`.
 */
export const rewritingFaults = ['COPIED_INSTRUCTION', 'UNCHANGED', 'ANSWERED', 'LOST_CONTENT'] as const;
export type RewritingFault = (typeof rewritingFaults)[number];

/** Letters that two forms of a word have in common at their beginning. */
const STEM = 5;

/** What a model was told, without the prompt. */
export interface Instruction {
  /** The text of `model_input/`. */
  readonly text: string;
  /** What its placeholders stood for. */
  readonly told: readonly string[];
}

/** The first fault of a rewriting; undefined if it can be used. */
export function findFault(
  basePrompt: string,
  rewriting: string,
  instruction: Instruction,
): RewritingFault | undefined {
  if (copiesInstruction(rewriting, basePrompt, instruction)) return 'COPIED_INSTRUCTION';
  const [before, after] = [bareText(basePrompt), bareText(rewriting)];
  if (after === before) return 'UNCHANGED';
  // What still has the whole prompt in it asks for something, whatever stands around it.
  if (isRequest(basePrompt) && !after.includes(before) && isAnswer(rewriting, basePrompt)) return 'ANSWERED';
  return losesAll(basePrompt, rewriting) ? 'LOST_CONTENT' : undefined;
}

/**
 * Whether it has no word of its own: all of it stands in the instruction; or eight words in a row that the prompt has not, of the text alone: an approach
 * or a lesson may be told on.
 */
export function copiesInstruction(
  rewriting: string,
  basePrompt: string,
  { text, told }: Instruction,
): boolean {
  const words = ` ${wordsOf(rewriting).join(' ')} `;
  if (words.trim() === '') return true;
  const isInside = (source: string): boolean => ` ${wordsOf(source).join(' ')} `.includes(words);
  if ([text, ...told].some(isInside) && !isInside(basePrompt)) return true;
  return findLeak(rewriting, basePrompt, [wordRunsOf([text])]) !== null;
}

/** In lower case, with single spaces and without the mark at its end. */
function bareText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replace(/[\s.!?。！？"']+$/u, '')
    .replace(/^[\s"']+/u, '');
}

function losesAll(basePrompt: string, rewriting: string): boolean {
  const wanted = [...readWording(basePrompt).content];
  const found = new Set(wordsOf(rewriting).map((word) => word.slice(0, STEM)));
  return wanted.length > 0 && wanted.every((word) => !found.has(word.slice(0, STEM)));
}
