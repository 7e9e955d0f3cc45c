import type { ProblemCode } from './problem-codes.ts';
import type { Path } from '../model/walk-json.ts';

/** One thing wrong with a definition, config or text: where it is, what is wrong, what would be right. */
export interface Problem {
  /** Stable; tests and tools branch on it. */
  readonly code: ProblemCode;
  /** What is wrong, naming the thing and its value. */
  readonly message: string;
  /** What would be right. */
  readonly advice: string;
  /** Relative to the project's root; `params` or `options` for what a run was given. */
  readonly file: string;
  /** Path inside the document, e.g. `tasks.train.needs[0]`; empty for the document itself. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Stand for the file of problems with what a run was given: its first input, and its second. */
export const PARAMS = 'params';
export const OPTIONS = 'options';

/** What a problem says, wherever it is. */
export type Finding = Pick<Problem, 'code' | 'message' | 'advice'>;

/** What a check has found, and where in the document. */
export interface Found extends Finding {
  readonly at: Path;
  /** Whether the key or its value is meant. Default: the value. */
  readonly place?: 'key' | 'value';
  /** Character of a text value that is meant, from 0. */
  readonly offset?: number;
}

/** A checked value, or every problem that stands against it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** By file, line and column; the order in which people mend them. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted(
    (left, right) =>
      (left.file === right.file ? 0 : left.file.localeCompare(right.file, 'en')) ||
      left.line - right.line ||
      left.column - right.column,
  );
}
