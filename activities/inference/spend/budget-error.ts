import type { Budget } from '../../../configs/settings/types.ts';
import { amountOf, type BudgetPart, type Spend } from './spend.ts';

/** Thrown for a call that a run's budget has no room for. Everything that was answered is kept. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
  /** Durable: the type of the run's failure. */
  readonly code = 'BUDGET_REACHED';
  /** Another attempt meets the same budget. */
  readonly retryable = false;

  constructor(budget: Budget, spend: Spend, part: BudgetPart) {
    super(
      `The run has spent its budget: ${plain(amountOf(spend, part))} of ${plain(budget[part] ?? 0)} ${part}. ` +
        'What was answered is kept; with a larger budget the run goes on from there.',
    );
  }
}

function plain(amount: number): string {
  return String(Math.round(amount * 100) / 100);
}
