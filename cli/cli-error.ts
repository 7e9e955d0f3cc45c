import type { Problem } from '../definitions/documents/problem.ts';

/**
 * How the command ends: done, the run failed (or it could not be done), the input is wrong, stopped by its budget, a check not
 * passed.
 */
export const exitCodes = { done: 0, failed: 1, wrongInput: 2, overBudget: 3, notGoodEnough: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export type CliErrorCode =
  | 'NO_PROJECT'
  | 'WRONG_INPUT'
  | 'PROBLEMS'
  | 'NO_TEMPORAL'
  | 'NO_SUCH_RUN'
  | 'NO_SUCH_SCHEDULE'
  | 'NO_RESULTS'
  | 'NO_WORKER'
  | 'WORKER_ENDED'
  | 'REFUSED';

/** Something to tell the user without a stack trace: what is wrong, and the command or change that mends it. */
export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly exitCode: ExitCode;
  /** Printed under the message. */
  readonly problems: readonly Problem[];

  constructor(code: CliErrorCode, message: string, exitCode: ExitCode, problems: readonly Problem[] = []) {
    super(message);
    this.name = 'CliError';
    this.code = code;
    this.exitCode = exitCode;
    this.problems = problems;
  }
}

/** The input is wrong: exit code 2. */
export function wrongInput(message: string): CliError {
  return new CliError('WRONG_INPUT', message, exitCodes.wrongInput);
}
