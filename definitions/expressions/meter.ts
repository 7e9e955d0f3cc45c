/**
 * What one evaluation may take. It is counted while evaluating, in steps and not in time, so that the same expression over
 * the same values always ends in the same way: in a run, in its replay, on any machine. Pure.
 */
import { ExpressionError } from './expression-error.ts';

/**
 * Most steps of one evaluation: about 0.3 seconds. A step is a part of an expression worth its value once, an element that is
 * compared, or some characters that are looked at.
 */
export const MAX_STEPS = 2_000_000;
/** Most characters of all texts and, at `ELEMENT_SIZE` each, elements of all lists and maps that one evaluation makes. */
export const MAX_SIZE = 8_000_000;
/** What an element of a list or map counts for, in characters. */
export const ELEMENT_SIZE = 8;
/** Characters that are looked at in one step. */
const CHARACTERS_PER_STEP = 16;
const STEPS_PER_FIELD = 12;

let taken = 0;

/** Steps of all evaluations so far, for those who make many at once. */
export function stepsTaken(): number {
  return taken;
}

/** What work gives whose steps are not to be among them. */
export function uncounted<T>(work: () => T): T {
  const before = taken;
  try {
    return work();
  } finally {
    taken = before;
  }
}

export class Meter {
  readonly #source: string;
  #steps = 0;
  #size = 0;

  /** @param source the expression, for the errors. */
  constructor(source: string) {
    this.#source = source;
  }

  /** Counts work that is about to be done. Throws `ExpressionError` (`EXPRESSION_TOO_LARGE`) where it is too much. */
  step(steps = 1): void {
    this.#steps += steps;
    taken += steps;
    if (this.#steps > MAX_STEPS) this.refuse(`it takes more than ${MAX_STEPS} steps`);
  }

  /** Counts a pass over so many characters. Throws as `step`. */
  read(characters: number): void {
    this.step(Math.ceil(characters / CHARACTERS_PER_STEP));
  }

  /** Counts a text that is about to be made. Throws as `step`. */
  text(characters: number): void {
    this.read(characters);
    this.#make(characters);
  }

  /** Counts elements of a list or map that are about to be made. Throws as `step`. */
  elements(count: number): void {
    this.step(Math.ceil(count / ELEMENT_SIZE));
    this.#make(count * ELEMENT_SIZE);
  }

  refuse(reason: string): never {
    throw new ExpressionError('EXPRESSION_TOO_LARGE', this.#source, reason);
  }

  /** Counts a look at every field of a map, which costs more than that of a list. Throws as `step`. */
  fields(count: number): void {
    this.step(count * STEPS_PER_FIELD);
  }

  #make(size: number): void {
    this.#size += size;
    if (this.#size > MAX_SIZE)
      this.refuse(
        `what it makes on its way is larger than ${MAX_SIZE} characters, an element of a list counting for ${ELEMENT_SIZE}`,
      );
  }
}
