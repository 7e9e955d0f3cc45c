/** `matches`: RE2's regular expressions, whose time grows with the text and never exponentially. Pure; runs in the workflow sandbox. */
import { RE2JS } from '@bufbuild/re2';
import { NoValue } from './operators.ts';
import type { Meter } from './meter.ts';

/** Longest pattern, in characters. */
const MAX_PATTERN = 1_000;
/** What reading a pattern costs for each of its characters, and each of its instructions. */
const STEPS_PER_CHARACTER = 20;
/** At each character of the text each instruction may be tried: so many tries are a step. */
const TRIES_PER_STEP = 4;

interface Program {
  readonly expression: RE2JS;
  readonly instructions: number;
}

/** The patterns that one evaluation has read. */
export class Patterns {
  readonly #programs = new Map<string, Program>();

  /** Whether a pattern matches somewhere in a text. Throws `NoValue` where it is no pattern. */
  match(text: string, pattern: string, meter: Meter): boolean {
    const { expression, instructions } = this.#program(pattern, meter);
    meter.step(Math.ceil(((text.length + 1) * instructions) / TRIES_PER_STEP));
    return expression.test(text);
  }

  #program(pattern: string, meter: Meter): Program {
    const known = this.#programs.get(pattern);
    if (known !== undefined) return known;
    if (pattern.length > MAX_PATTERN)
      meter.refuse(`a regular expression has at most ${MAX_PATTERN} characters, not ${pattern.length}`);
    meter.step(STEPS_PER_CHARACTER * (pattern.length + repetitions(pattern)));
    let expression;
    try {
      expression = RE2JS.compile(pattern);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new NoValue('EXPRESSION_FAILED', `'${pattern}' is no regular expression of RE2: ${reason}`);
    }
    const program = { expression, instructions: expression.re2Input.prog.numInst() };
    this.#programs.set(pattern, program);
    return program;
  }
}

/** At most so many instructions do the counted repetitions of a pattern make, such as `{3,1000}`. */
function repetitions(pattern: string): number {
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)];
  return counts.reduce((sum, [, least, most]) => sum + Math.max(Number(least), Number(most ?? 0)), 0);
}
