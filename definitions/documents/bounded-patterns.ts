/** The regular expressions of schemas that users write: RE2's, whose time never grows exponentially. */
import { RE2JS } from '@bufbuild/re2';
import type { CodeOptions } from 'ajv';

/** Characters of a pattern, and instructions that it may come to. */
const MAX_PATTERN = 1_000;
const MAX_INSTRUCTIONS = 1_000;
/** Instructions times characters of a text: what passes it, more than a second of CPU at the worst, does not match. */
const MAX_TRIES = 20_000_000;

class BoundedPattern {
  readonly #expression: RE2JS;
  readonly #instructions: number;
  readonly #source: string;

  /** Throws where the pattern is none, or too large. */
  constructor(source: string) {
    if (source.length > MAX_PATTERN)
      throw new Error(`a pattern has at most ${MAX_PATTERN} characters, not ${source.length}`);
    this.#source = source;
    this.#expression = RE2JS.compile(inRe2(source));
    this.#instructions = this.#expression.re2Input.prog.numInst();
    if (this.#instructions > MAX_INSTRUCTIONS)
      throw new Error(`the pattern '${source}' is too large: it repeats too much`);
  }

  test(text: string): boolean {
    return (text.length + 1) * this.#instructions <= MAX_TRIES && this.#expression.test(text);
  }

  /** Ajv tells patterns apart by it. */
  toString(): string {
    return this.#source;
  }
}

/** JSON Schema writes code points as JavaScript does, `\u00e9` or `\u{e9}`; RE2 as `\x{e9}`. */
function inRe2(source: string): string {
  return source.replaceAll(
    /\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|[^])/gi,
    (escape, braced?: string, four?: string) => {
      const point = braced ?? four;
      return point === undefined ? escape : `\\x{${point}}`;
    },
  );
}

/** For ajv's `code.regExp`. A schema with a pattern that RE2 has not (look-around, back references) does not compile. */
export const boundedPatterns: NonNullable<CodeOptions['regExp']> = Object.assign(
  (source: string) => new BoundedPattern(source),
  {
    code: 'boundedPatterns',
  },
);
