/** Checks of what a run may spend. */
import { isFields } from '../../definitions/documents/fields.ts';
import type { ProblemCode } from '../../definitions/documents/problem-codes.ts';
import { OPTIONS, type Problem } from '../../definitions/documents/problem.ts';
import { isEmbedded } from '../settings/simulated.ts';
import { rolesOf } from '../settings/roles.ts';
import type { Budget, Settings } from '../settings/types.ts';

const ADVICE = 'Write for example calls=10000,tokens=5000000,money=20, or one or two of them.';

/** Each part with what it must be, and whether a number is that. */
const PARTS: {
  readonly [part in keyof Budget]-?: readonly [rule: string, isRight: (amount: number) => boolean];
} = {
  calls: ['a whole number from 1', (amount) => Number.isSafeInteger(amount) && amount >= 1],
  tokens: ['a whole number from 1', (amount) => Number.isSafeInteger(amount) && amount >= 1],
  money: ['a number above 0', (amount) => Number.isFinite(amount) && amount > 0],
};

/**
 * What is wrong with a budget, which may come from outside: `BAD_BUDGET`, or `NO_PRICE` where money is counted that no
 * config says the price of. A key `run` is let through: runs hand it to those that they run.
 */
export function checkBudget(budget: unknown, settings: Settings): readonly Problem[] {
  if (!isFields(budget)) return [problem('', 'BAD_BUDGET', 'The budget is no object.', ADVICE)];
  const { run, ...given } = budget;
  const problems = Object.entries(given).flatMap(([part, amount]) => {
    const known = Object.hasOwn(PARTS, part) ? PARTS[part as keyof Budget] : undefined;
    if (known === undefined)
      return [problem(part, 'BAD_BUDGET', `A budget has no '${part}'; it has calls, tokens, money.`, ADVICE)];
    const [rule, isRight] = known;
    if (typeof amount === 'number' && isRight(amount)) return [];
    return [problem(part, 'BAD_BUDGET', `budget.${part} is ${JSON.stringify(amount)}, not ${rule}.`, ADVICE)];
  });
  if (Object.keys(given).length === 0)
    problems.push(problem('', 'BAD_BUDGET', 'The budget is empty.', ADVICE));
  if (run !== undefined && typeof run !== 'string')
    problems.push(problem('run', 'BAD_BUDGET', 'budget.run is no text.', 'Leave it out.'));
  const unpriced = rolesOf(settings)
    .filter((role) => role.model.price === undefined && !isEmbedded(role))
    .map(({ model }) => model.name);
  if (given['money'] !== undefined && unpriced.length > 0) {
    const message = `The budget counts money, and there is no price of ${[...new Set(unpriced)].join(', ')}.`;
    const advice = 'Give model.price in configs/, or budget calls or tokens.';
    problems.push(problem('money', 'NO_PRICE', message, advice));
  }
  return problems;
}

function problem(part: string, code: ProblemCode, message: string, advice: string): Problem {
  const path = part === '' ? 'budget' : `budget.${part}`;
  return { code, message, advice, file: OPTIONS, line: 1, column: 1, path };
}
