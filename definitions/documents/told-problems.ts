/** How many problems of one file are told. Pure. */
import type { SourceDocument } from './document.ts';
import type { Found, Problem } from './problem.ts';

/** Nobody mends more at once, and what finds them may have many more. */
const MOST = 500;

/** What was found as problems of the document: the first 500, and `TOO_MANY_PROBLEMS` where there are more. */
export function locateAll(document: SourceDocument, found: Iterable<Found>): readonly Problem[] {
  const problems: Problem[] = [];
  for (const one of found) {
    if (problems.length === MOST) return [...problems, tooMany(document.file)];
    problems.push(document.locate(one));
  }
  return problems;
}

/** The same of problems that know their places. */
export function firstProblems(problems: readonly Problem[]): readonly Problem[] {
  const [first] = problems;
  if (first === undefined || problems.length <= MOST) return problems;
  return [...problems.slice(0, MOST), tooMany(first.file)];
}

function tooMany(file: string): Problem {
  const message = `There are more than ${MOST} problems; these are some of them.`;
  const advice = 'Mend these first.';
  return { code: 'TOO_MANY_PROBLEMS', message, advice, file, path: '', line: 1, column: 1 };
}
