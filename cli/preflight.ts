/** What a run will buy, before it buys it. */
import { createInterface } from 'node:readline/promises';
import type { RoleConfig, Settings } from '../configs/types.ts';
import type { Params } from '../definitions/params.ts';
import type { Definition } from '../definitions/types.ts';
import type { Cli } from './cli.ts';
import { formatTable } from './table-text.ts';

/** The word in a config that stands for the bundled models. */
const embedded = 'embedded';

/** Lines for a person: the models, and the calls and tokens by stage where they can be known. */
export async function preflightLines(
  definition: Definition,
  params: Params,
  settings: Settings,
): Promise<string[]> {
  const { estimateSpend } = await import('../activities/estimate-spend.ts');
  const spend = estimateSpend(definition.name, params, settings);
  const models = usesRealModels(settings)
    ? [`Main model: ${settings.mainModel.model.name} at ${settings.mainModel.model.endpoints.join(', ')}`]
    : ['Models: embedded, SIMULATED. They show that everything works; they say nothing about a real model.'];
  if (spend === undefined || spend.length === 0) return models;
  const sum = (key: 'calls' | 'promptTokens' | 'completionTokens'): number =>
    spend.reduce((total, stage) => total + stage[key], 0);
  const total = ['in all', sum('calls'), sum('promptTokens'), sum('completionTokens')];
  const rows = [
    ...spend.map((stage) => [stage.stage, stage.calls, stage.promptTokens, stage.completionTokens]),
    total,
  ];
  const table = formatTable({ columns: ['stage', 'calls', 'prompt tokens', 'answer tokens, at most'], rows });
  return [...models, 'It will buy about:', ...table.map((line) => `  ${line}`)];
}

/** Whether any role is answered by a real server. */
export function usesRealModels(settings: Settings): boolean {
  const roles: RoleConfig[] = [
    settings.basePrompt,
    settings.promptVariation,
    settings.mainModel,
    settings.promptOptimization,
    ...settings.validatorModel.validators,
  ];
  return roles.some(({ model }) => model.endpoints.some((endpoint) => endpoint !== embedded));
}

/** Whether a role is answered, always or now and then, by the embedded, simulated models. */
export function isSimulated({ model }: RoleConfig): boolean {
  return model.endpoints.includes(embedded);
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
