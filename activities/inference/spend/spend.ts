/** What model calls have cost, and whether a budget is reached. Pure. */
import type { Budget, Price } from '../../../configs/settings/types.ts';

/** Calls that a server answered, their tokens, and what they cost by the price of their model. Kept answers cost nothing. */
export interface Spend {
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** In the currency of the prices; a model without a price costs nothing. */
  readonly money: number;
}

export const NO_SPEND: Spend = { calls: 0, promptTokens: 0, completionTokens: 0, money: 0 };

export function addSpend(left: Spend, right: Spend): Spend {
  return {
    calls: left.calls + right.calls,
    promptTokens: left.promptTokens + right.promptTokens,
    completionTokens: left.completionTokens + right.completionTokens,
    money: left.money + right.money,
  };
}

/** All of them together. */
export function sumSpend(spends: readonly Spend[]): Spend {
  return spends.reduce(addSpend, NO_SPEND);
}

/** What one answer costs. */
export function spendOf(
  answer: { readonly promptTokens: number; readonly completionTokens: number },
  price: Price | undefined,
): Spend {
  const { promptTokens, completionTokens } = answer;
  return { calls: 1, promptTokens, completionTokens, money: moneyOf(promptTokens, completionTokens, price) };
}

/** Price of so many tokens. */
export function moneyOf(promptTokens: number, completionTokens: number, price: Price | undefined): number {
  if (price === undefined) return 0;
  return (promptTokens * price.prompt + completionTokens * price.completion) / 1e6;
}

/** What of a budget something is measured by. */
export const budgetParts = ['calls', 'tokens', 'money'] as const;
export type BudgetPart = (typeof budgetParts)[number];

/** A spend in the measure of a part of a budget. */
export function amountOf(spend: Spend, part: BudgetPart): number {
  return part === 'tokens' ? spend.promptTokens + spend.completionTokens : spend[part];
}

/** The part of a budget that is used up, if any. */
export function reachedPart(budget: Budget, spend: Spend): BudgetPart | undefined {
  return budgetParts.find((part) => amountOf(spend, part) >= (budget[part] ?? Infinity));
}
