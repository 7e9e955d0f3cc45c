/** The budget of a run as it is given on the command line. */
import { checkBudget } from '../../configs/checks/check-budget.ts';
import type { Budget, Settings } from '../../configs/settings/types.ts';
import { problemsError } from '../text/problems-text.ts';

/** `calls=10000,tokens=5000000,money=20` or a part of it; whether it is right, `assertBudget` tells. */
export function parseBudget(text: string): Budget {
  const parts = text.split(',').map((part) => {
    const [name = '', amount = ''] = part.split('=', 2);
    // What is no number stays as it is, for the message.
    const isNumber = amount.trim() !== '' && !Number.isNaN(Number(amount));
    return [name.trim(), isNumber ? Number(amount) : amount];
  });
  return Object.fromEntries(parts);
}

/** Throws `CliError` `PROBLEMS`. @param budget undefined = none. */
export function assertBudget(budget: Budget | undefined, settings: Settings): void {
  const problems = budget === undefined ? [] : checkBudget(budget, settings);
  if (problems.length > 0) throw problemsError(problems);
}
