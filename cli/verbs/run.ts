/** `prose run`: starts a run of a definition and shows it until it has ended. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Settings } from '../../configs/settings/types.ts';
import type { Params } from '../../definitions/checks/params.ts';
import type { Definition } from '../../definitions/model/types.ts';
import type { RunOptions } from '../../workflows/messages.ts';
import { asksModels } from '../start/asks-models.ts';
import { assertBudget } from '../start/budget.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { followRun } from '../follow/follow-run.ts';
import {
  definitionsOfRun,
  loadCatalogue,
  loadDefinitionToRun,
  loadProjectSettings,
} from '../start/inputs.ts';
import { formatProblems, problemsError } from '../text/problems-text.ts';
import { confirm, assertTrainable, preflightLines, usesRealModels } from '../start/preflight.ts';
import { LOCAL_ENDPOINT, withLocalModel } from '../start/local-model.ts';
import { bringUpLocalStack } from '../start/local-stack.ts';
import { ownProject } from '../start/own-project.ts';
import { partsFor } from '../start/parts-of-run.ts';
import { checkPromptsFile } from '../start/prompts-file.ts';
import { checkedRunId, createRunId } from '../start/run-id.ts';
import { addRunOptions, checkedParams, runOptionsOf, type RunVerbOptions } from '../start/run-options.ts';
import { shellWord } from '../text/shell-word.ts';
import { endRun } from '../follow/run-end.ts';
import { WORKFLOW_TASK_QUEUE } from '../../workflows/messages.ts';
import { taskQueuesOf } from '../start/task-queues.ts';
import { openTemporal, type TemporalSession } from '../temporal/temporal-session.ts';
import { keepStackUp, tellQueuesWithoutWorkers } from '../follow/worker-watch.ts';

/** Relative to the project's root; there where a champion reigns. */
const CHAMPION_FILE = 'models/prompt_optimization/champion.json';

interface RunCommandOptions extends RunVerbOptions {
  readonly runId?: string;
  readonly detach?: boolean;
  readonly json?: boolean;
  readonly yes?: boolean;
  /** False with --no-probe. */
  readonly probe: boolean;
}

export function addRunVerb(cli: Cli): void {
  addRunOptions(
    cli.program
      .command('run')
      .description('run a definition and show how it goes')
      .argument('<definition>', 'name or file of a definition'),
  )
    .option('--seed <n>', 'seed of every random choice (short for --param seed=n)', parseSeed)
    .option('--run-id <id>', "the run's id (default: made of the definition's name and the time)")
    .option('--detach', 'start it and return')
    .option('--json', 'print one JSON object at the end, and no progress')
    .option('--no-probe', 'do not ask the model servers what they serve before the start')
    .option('-y, --yes', 'do not ask before calling real models')
    .addHelpText(
      'after',
      `
Definition, parameters, configs, texts and model servers are checked before anything is started. Without TEMPORAL_ADDRESS the
local stack is brought up. Ctrl-C stops watching; the run goes on.

Examples:
  prose run prose
  prose run prose --param basePrompts=200 --param variations=12
  prose run prose --endpoint http://gpu-1:8000/v1 --model qwen3-8b --yes
  prose run prose --endpoint local          (a real small model on this machine, got and started first)
  prose run prose --budget calls=5000       (stops there with exit code 3; what it has is kept)
  prose run definitions/mine.yaml --params-file params.json --detach`,
    )
    .action((name: string, options: RunCommandOptions) => runVerb(cli, name, options));
}

async function runVerb(cli: Cli, name: string, given: RunCommandOptions): Promise<void> {
  const isOnLocalModel = given.endpoint === LOCAL_ENDPOINT;
  const options = await withLocalModel(cli, given);
  const isQuiet = options.json === true;
  const overrides = runOptionsOf(options);
  const settings = await loadProjectSettings(cli, overrides);
  assertBudget(overrides.budget, settings);
  const definition = await loadDefinitionToRun(cli, name, settings);
  const { params, topics, told } = await checkPromptsFile(
    cli,
    definition,
    await checkedParams(cli, definition, options),
  );
  const runId = checkedRunId(options.runId) ?? createRunId(definition.name);
  const catalogue = await loadCatalogue(cli.root);
  const definitions = await definitionsOfRun(cli, definition, settings);
  const needsModels = asksModels(definitions, catalogue);
  const isReal = needsModels && usesRealModels(settings);
  if (!isQuiet && told !== undefined) cli.print(told);
  await assertTrainable(definition, params, settings, topics);
  if (!isQuiet && needsModels) {
    const counted = topics === undefined ? params : { ...params, basePrompts: topics.length };
    const hasChampion = existsSync(join(cli.root, CHAMPION_FILE));
    const lines = await preflightLines(definition, counted, settings, overrides.budget, hasChampion);
    for (const line of lines) cli.print(line);
  }
  if (options.probe && needsModels) {
    await probe(cli, settings, overrides);
    await tellOfSamples(cli, definition, settings, overrides);
  }
  if (isReal && !isOnLocalModel && options.yes !== true && !(await confirm(cli, 'Go on?'))) {
    cli.print('Nothing was started.');
    return;
  }

  const parts = partsFor(settings, { needsModels, isOnLocalModel });
  const isLocal = await bringUpLocalStack(cli, parts);
  const session = await openTemporal(cli);
  try {
    await start(session, definition, params, { ...overrides, ...(await ownProject(cli)) }, runId);
    if (!isQuiet) cli.print(`Run ${cli.colors.bold(runId)}${linkTo(session, runId)}`);
    if (options.detach === true) {
      if (isQuiet) cli.printJson({ runId, state: 'running', url: session.runUrl(runId) ?? null });
      else cli.print(lookAgain(runId));
      return;
    }
    const onLook = isLocal
      ? keepStackUp(cli, parts)
      : tellQueuesWithoutWorkers(cli, session, taskQueuesOf(definitions, catalogue));
    const view = await followRun(cli, session, runId, { isQuiet, onLook });
    if (view.isEnded) await endRun(cli, session, runId, view, { isQuiet });
    else cli.print(`Stopped watching; the run goes on. ${lookAgain(runId)}`);
  } finally {
    await session.close();
  }
}

/** Servers that only the workers may see are no reason not to start. */
async function probe(cli: Cli, settings: Settings, { endpoint, model }: RunOptions): Promise<void> {
  const { env } = cli.context;
  const { probeEndpoints } = await import('../start/probe-endpoints.ts');
  const overridden = { endpoint: endpoint !== undefined, model: model !== undefined };
  const problems = await probeEndpoints(settings, { root: cli.root, env, overridden });
  if (problems.length === 0) return;
  if (!env['TEMPORAL_ADDRESS']) throw problemsError(problems);
  for (const line of await formatProblems(cli.root, problems)) cli.note(`From here: ${line}`);
}

/** What a small call to each model shows that is of importance to the budget. */
async function tellOfSamples(
  cli: Cli,
  { defaults }: Definition,
  settings: Settings,
  { budget }: RunOptions,
): Promise<void> {
  const [{ sampleLines }, { pino }] = await Promise.all([import('../start/sample-calls.ts'), import('pino')]);
  const log = pino({ level: 'silent' });
  const { env } = cli.context;
  for (const line of await sampleLines({ settings, budget, taskTimeout: defaults?.timeout, env, log }))
    cli.note(line);
}

async function start(
  { client, taskQueue }: TemporalSession,
  definition: Definition,
  params: Params,
  overrides: RunOptions,
  runId: string,
): Promise<void> {
  try {
    await client.workflow.start(definition.name, {
      args: [params, overrides],
      taskQueue: taskQueue(WORKFLOW_TASK_QUEUE),
      workflowId: runId,
      // An id stands for one run's data for ever.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      ...(definition.description !== undefined && { staticSummary: definition.description.slice(0, 200) }),
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'WorkflowExecutionAlreadyStartedError') throw error;
    throw wrongInput(`There is a run ${runId} already; give another --run-id`);
  }
}

function linkTo(session: TemporalSession, runId: string): string {
  const url = session.runUrl(runId);
  return url === undefined ? '' : `  ${url}`;
}

function lookAgain(runId: string): string {
  return `Look again: prose status ${shellWord(runId)} --watch`;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (Number.isInteger(seed) && seed >= 0 && text.trim() !== '') return seed;
  throw new InvalidArgumentError('a whole number from 0 is expected');
}
