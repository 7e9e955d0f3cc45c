/** What cannot be asked of a run that has ended. Pure. */
import { amountOf, budgetParts, type Spend } from '../../activities/inference/spend/spend.ts';
import type { Budget } from '../../configs/settings/types.ts';
import { definitionPath } from '../../definitions/model/instance-path.ts';
import { didYouMean } from '../../definitions/model/did-you-mean.ts';
import type { TaskStatus } from '../../workflows/messages.ts';
import { wrongInput } from '../cli-error.ts';
import { formatAmount } from '../text/spend-text.ts';

/** Throws `CliError` `WRONG_INPUT` unless the run has this task. @param path of an instance, `explore[3].score[1]`. */
export function assertTask(path: string, runId: string, tasks: readonly TaskStatus[]): void {
  const known = tasks.flatMap(pathsOf);
  const task = definitionPath(path);
  if (!known.includes(task)) throw wrongInput(`${runId} has no task '${path}'. ${didYouMean(task, known)}`);
}

/** Throws `CliError` `WRONG_INPUT` if a part of the budget, which is for the whole run, is less than what it has spent. */
export function assertBeyond(spent: Spend, budget: Budget, runId: string): void {
  for (const part of budgetParts) {
    const allowed = budget[part];
    const amount = amountOf(spent, part);
    if (allowed === undefined || allowed >= amount) continue;
    throw wrongInput(
      `--budget ${part}=${allowed}: ${runId} has spent ${formatAmount(amount, part)} already, and the budget is for all of it: give more`,
    );
  }
}

function pathsOf({ path, tasks = [] }: TaskStatus): string[] {
  return [path, ...tasks.flatMap(pathsOf)];
}
