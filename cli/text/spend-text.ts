/** What a run has spent. */
import {
  amountOf,
  budgetParts,
  type BudgetPart,
  type Spend,
} from '../../activities/inference/spend/spend.ts';
import { formatCount, formatShare } from '../../activities/text/figures.ts';
import type { Backend } from '../../activities/store/backend.ts';
import { openLedger } from '../../activities/inference/spend/spend-ledger.ts';
import type { LedgerFiles } from '../../activities/inference/spend/ledger-files.ts';
import type { Budget } from '../../configs/settings/types.ts';
import type { RunStatus } from '../../workflows/messages.ts';

/** `1,200 calls`, `34,000 tokens`, or `1.25` of the currency of the prices. */
export function formatAmount(amount: number, part: BudgetPart): string {
  return part === 'money' ? `${amount.toFixed(2)} of money` : `${formatCount(amount)} ${part}`;
}

/** One line, such as `Spent: 120 of 500 calls (24%) · 34,000 tokens`; undefined where nothing was spent. */
export function spendLine(spend: Spend, budget: Budget = {}): string | undefined {
  const parts = budgetParts.flatMap((part) => {
    const amount = amountOf(spend, part);
    const allowed = budget[part];
    if (allowed === undefined) return part === 'money' && amount === 0 ? [] : [formatAmount(amount, part)];
    const figure = part === 'money' ? amount.toFixed(2) : formatCount(amount);
    return [`${figure} of ${formatAmount(allowed, part)} (${formatShare(amount / allowed)})`];
  });
  return spend.calls === 0 ? undefined : `Spent: ${parts.join(' · ')}`;
}

/** The ledger that a run's calls are charged to. */
export function ledgerOf(
  backend: Backend,
  { runId, budget }: Pick<RunStatus, 'runId' | 'budget'>,
): LedgerFiles {
  return openLedger(backend, budget?.run ?? runId);
}
