import { hideSecrets } from './secret.ts';

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

/** Longest part of a source line that is shown. */
const MAX_SHOWN = 120;

/** Control characters, and those that change the direction of text, as `�`: a file must not write to the terminal. */
function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD');
}

function frame(problem: Problem, source: string): readonly string[] {
  const text = source.split(/\r\n|\n|\r/)[problem.line - 1];
  if (text === undefined || text.trim() === '') return [];
  const from = Math.max(0, problem.column - 1 - MAX_SHOWN / 2);
  const shown = harmless(
    hideSecrets(text)
      .replaceAll('\t', ' ')
      .slice(from, from + MAX_SHOWN),
  );
  const start = problem.column - 1 - from;
  const word = /^(?:"[^"]*"|'[^']*'|[\w.$-]+)/.exec(shown.slice(start))?.[0].length ?? 1;
  const gutter = String(problem.line);
  const empty = ' '.repeat(gutter.length);
  return [`  ${gutter} | ${shown}`, `  ${empty} | ${' '.repeat(start)}${'^'.repeat(word)}`];
}

/**
 * A problem as people read it: `file:line:column CODE message`, the advice and, if the source of its file is given, the
 * line with `^^^` under the place. Several lines without a newline at the end.
 */
export function formatProblem(problem: Problem, source?: string): string {
  const { file, line, column, code, message, advice } = problem;
  return [
    `${harmless(file)}:${line}:${column} ${code} ${harmless(message)}`,
    ...(source === undefined ? [] : frame(problem, source)),
    `  ${harmless(advice)}`,
  ].join('\n');
}

/** By file, line and column; the order in which people mend them. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted(
    (left, right) =>
      left.file.localeCompare(right.file, 'en') || left.line - right.line || left.column - right.column,
  );
}
