/** Problems as people read them. Pure. */
import { OPTIONS, PARAMS, type Problem } from './problem.ts';
import { hideSecrets } from './secret.ts';

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

/** What a run was given has no lines: it is named as in its input, such as `options.endpoint`. */
function placeOf({ file, path, line, column }: Problem): string {
  if (file !== PARAMS && file !== OPTIONS) return `${file}:${line}:${column}`;
  return path === '' ? file : `${file}.${path}`;
}

/**
 * A problem as people read it: `file:line:column CODE message`, the advice and, if the source of its file is given, the
 * line with `^^^` under the place. Several lines without a newline at the end.
 */
export function formatProblem(problem: Problem, source?: string): string {
  const { code, message, advice } = problem;
  return [
    `${harmless(placeOf(problem))} ${code} ${harmless(message)}`,
    ...(source === undefined ? [] : frame(problem, source)),
    `  ${harmless(advice)}`,
  ].join('\n');
}
