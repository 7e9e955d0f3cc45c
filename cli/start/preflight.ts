/** What a run will buy, before it buys it. */
import { createInterface } from 'node:readline/promises';
import { amountOf, budgetParts, sumSpend, type Spend } from '../../activities/inference/spend/spend.ts';
import { rolesOf } from '../../configs/settings/roles.ts';
import { EMBEDDED } from '../../configs/settings/simulated.ts';
import type { Budget, Settings } from '../../configs/settings/types.ts';
import type { Params } from '../../definitions/checks/params.ts';
import type { Definition } from '../../definitions/model/types.ts';
import { formatCounted } from '../../activities/text/figures.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { formatAmount } from '../text/spend-text.ts';
import { formatTable } from '../text/table-text.ts';

/**
 * Lines for a person: the models, and the calls and tokens by stage where they can be known.
 * @param hasChampion whether a champion reigns, which the run tests as well.
 */
export async function preflightLines(
  definition: Definition,
  params: Params,
  settings: Settings,
  budget: Budget = {},
  hasChampion = false,
): Promise<string[]> {
  const { estimateSpend } = await import('../../activities/stages/estimate-spend.ts');
  const spend = estimateSpend(definition.name, params, settings, hasChampion);
  const models = usesRealModels(settings)
    ? [`Main model: ${settings.mainModel.model.name} at ${settings.mainModel.model.endpoints.join(', ')}`]
    : ['Models: embedded, SIMULATED. They show that everything works; they say nothing about a real model.'];
  if (spend === undefined) return [...models, 'What it will buy is unknown: that depends on its data.'];
  const total = sumSpend(spend);
  const isPriced = total.money > 0;
  const rows = [...spend, { stage: 'in all', ...total }].map((each) => [
    each.stage,
    each.calls,
    each.promptTokens,
    each.completionTokens,
    ...(isPriced ? [each.money.toFixed(2)] : []),
  ]);
  const columns = ['stage', 'calls', 'prompt tokens', 'answer tokens, at most'];
  const table = formatTable({ columns: [...columns, ...(isPriced ? ['money, at most'] : [])], rows });
  return [
    ...models,
    'It will buy about:',
    ...table.map((line) => `  ${line}`),
    ...budgetLines(budget, total),
    ...(await headroomLines(settings, total)),
  ];
}

/** Share of a run's calls that a trial beforehand may cost. */
const TRIAL_SHARE = 0.05;

/** Of a run that is large beside a trial, that one may say beforehand whether it is worth it. */
async function headroomLines(settings: Settings, { calls }: Spend): Promise<string[]> {
  const { trialCalls } = await import('../../activities/headroom/trial.ts');
  const needed = trialCalls(settings);
  if (needed > TRIAL_SHARE * calls) return [];
  return [
    `Whether there is anything to gain, 'prose run headroom' says beforehand, with about ${formatCounted(needed, 'call')}.`,
  ];
}

/** Throws `CliError` `WRONG_INPUT` for a run of `prose` whose prompts cannot make a training set, before it costs anything. */
export async function assertTrainable(
  definition: Definition,
  params: Params,
  settings: Settings,
  topics?: readonly string[],
): Promise<void> {
  const wanted = Number(params['minimumPairs']);
  if (definition.name !== 'prose' || Number.isNaN(wanted)) return;
  const { mostPairs } = await import('../../activities/stages/most-pairs.ts');
  const { trainPrompts, pairs } = mostPairs(params, settings, topics);
  if (pairs >= wanted) return;
  const count = topics?.length ?? Number(params['basePrompts']);
  throw wrongInput(
    `Of ${formatCounted(count, 'prompt')}, ${trainPrompts} would be learned from (whole topics are held back for the test). ` +
      `They make ${formatCounted(pairs, 'pair')} at most, and minimumPairs is ${wanted}: give more prompts or variations, or --param minimumPairs=N`,
  );
}

/** Whether what a run is likely to buy is within its budget. */
function budgetLines(budget: Budget, total: Spend): string[] {
  return budgetParts.flatMap((part) => {
    const allowed = budget[part];
    if (allowed === undefined) return [];
    const needed = amountOf(total, part);
    const atMost = part === 'calls' ? 'about' : 'at most';
    const says = `Budget: ${formatAmount(allowed, part)}, of which the run needs ${atMost} ${formatAmount(needed, part)}.`;
    if (needed <= allowed) return [says];
    return [
      `${says} It may stop there; what it has paid for is kept, and it can go on with a larger budget.`,
    ];
  });
}

/** Whether any role is answered by a real server. */
export function usesRealModels(settings: Settings): boolean {
  return rolesOf(settings).some(({ model }) => model.endpoints.some((endpoint) => endpoint !== EMBEDDED));
}

/** Asks at a terminal whether to go on; where nobody can answer, the answer is yes. */
export async function confirm(cli: Cli, question: string): Promise<boolean> {
  const { stdin, stderr } = cli.context;
  if (stdin.isTTY !== true || !cli.isInteractive) return true;
  const reader = createInterface({ input: stdin, output: stderr });
  try {
    return !/^\s*n/iu.test(await reader.question(`${question} [Y/n] `));
  } finally {
    reader.close();
  }
}
