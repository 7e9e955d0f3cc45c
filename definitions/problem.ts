/** One thing wrong with a definition, config or text: where it is, what is wrong, what would be right. */
export interface Problem {
  /** Stable, upper-case with underscores, e.g. `UNKNOWN_KEY`; tests and tools branch on it. */
  readonly code: string;
  /** What is wrong, naming the thing and its value. */
  readonly message: string;
  /** What would be right. */
  readonly advice: string;
  /** Relative to the project's root. */
  readonly file: string;
  /** Path inside the document, e.g. `tasks.train.needs[0]`; empty for the document itself. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** A checked value, or every problem that stands against it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };
