/** What is wrong with an instruction that a model wrote, before anything is spent on trying it: pure. */
import { copiesInstruction } from '../../rewriting/find-fault.ts';
import { wordsOf } from '../../wording/words.ts';

/**
 * Why an instruction is not used. `COPIED_INSTRUCTION`: it says what the model was told; `HAS_PLACEHOLDER`: a text in double
 * braces; `COPIED_DATA`: it quotes a training input or what was expected of it; `ANSWERED`: it is what was expected; `UNCHANGED`:
 * it was written before; `TOO_LONG`. Durable: they stand in the column `error`.
 */
export type InstructionFault =
  'COPIED_INSTRUCTION' | 'HAS_PLACEHOLDER' | 'COPIED_DATA' | 'ANSWERED' | 'UNCHANGED' | 'TOO_LONG';

/** What an instruction is held against. */
export interface InstructionSources {
  /** The text of `model_input/`. */
  readonly text: string;
  /** What its placeholders stood for. */
  readonly told: readonly string[];
  /** The user's template: its own words may be said again. */
  readonly template: string;
  /** Texts of the training inputs. */
  readonly inputs: readonly string[];
  /** What is expected of them; the names of labels may be said. */
  readonly expected: readonly string[];
  /** What may be expected, where that is one of a few texts. */
  readonly labels: readonly string[];
  /** Instructions that the run has tried. */
  readonly known: readonly string[];
}

/** A model is asked for 80 words; twice that is no instruction any more. */
const MOST_WORDS = 160;
/** Words in a row that tell a quotation; a text of fewer is quoted by all of its words, if it has so many. */
const QUOTED = { run: 5, fewest: 3 } as const;

/** The first fault; undefined if it can be used. */
export function findInstructionFault(
  instruction: string,
  { text, told, template, inputs, expected, labels, known }: InstructionSources,
): InstructionFault | undefined {
  if (/\{\{|\}\}/u.test(instruction)) return 'HAS_PLACEHOLDER';
  const words = wordsOf(instruction);
  if (words.length > MOST_WORDS) return 'TOO_LONG';
  const same = (other: string): boolean => wordsOf(other).join(' ') === words.join(' ');
  if (expected.some(same)) return 'ANSWERED';
  if (copiesInstruction(instruction, '', { text, told })) return 'COPIED_INSTRUCTION';
  if (known.some(same)) return 'UNCHANGED';
  const texts = [...inputs, ...expected.filter((one) => !labels.includes(one.trim()))];
  return quotesAny(words, texts, wordsOf(template)) ? 'COPIED_DATA' : undefined;
}

function quotesAny(words: readonly string[], texts: readonly string[], own: readonly string[]): boolean {
  const [said, allowed] = [` ${words.join(' ')} `, ` ${own.join(' ')} `];
  return texts.some((text) => {
    const parts = wordsOf(text);
    const size = Math.min(QUOTED.run, parts.length);
    if (size < QUOTED.fewest) return false;
    return parts.slice(size - 1).some((_, index) => {
      const run = ` ${parts.slice(index, index + size).join(' ')} `;
      return said.includes(run) && !allowed.includes(run);
    });
  });
}
