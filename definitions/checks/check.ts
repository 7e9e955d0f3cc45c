/** The form that every check of a definition has, and what it is given. Pure. */
import type { Found } from '../documents/problem.ts';
import type { CheckContext } from '../model/check-context.ts';
import type { Definition, Value } from '../model/types.ts';

export interface Subject {
  /** It has passed its schema, or is what is left of one that has not (see `well-formed.ts`). */
  readonly definition: Definition;
  /** The whole document. */
  readonly value: Value;
  /** Relative to the project's root. */
  readonly file: string;
  readonly context: CheckContext;
}

/** Finds all there is to find, in any order; costs no more than the definition is long. */
export type Check = (subject: Subject) => Iterable<Found>;
