/** Failures of what a run was given: the problems of definitions, configs and params. */
import { ApplicationFailure } from '@temporalio/activity';
import { formatProblem } from '../../definitions/documents/format-problem.ts';
import type { Checked, Problem } from '../../definitions/documents/problem.ts';

/** Problems named in a failure's message; its details hold the first 200. */
const PROBLEMS_IN_MESSAGE = 5;
/** Problems in its details: a failure must fit into what Temporal takes. */
const PROBLEMS_IN_DETAILS = 200;

/** What was checked; throws the problems as a failure of the type otherwise. */
export function demand<T>(type: string, subject: string, checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw refuse(type, subject, checked.problems);
}

/** A failure that is not retried, with a `Problem` for each of its details (200 at the most) and the first five in its message. */
export function refuse(type: string, subject: string, problems: readonly Problem[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${subject}:\n${sayProblems(problems)}`,
    type,
    ...problems.slice(0, PROBLEMS_IN_DETAILS),
  );
}

function sayProblems(problems: readonly Problem[]): string {
  const shown = problems.slice(0, PROBLEMS_IN_MESSAGE).map((problem) => formatProblem(problem));
  const left = problems.length - shown.length;
  return [...shown, ...(left > 0 ? [`… and ${left} more`] : [])].join('\n');
}
