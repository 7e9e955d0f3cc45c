/** `prose check`: whether a run is good enough, for a pipeline that must stop where it is not. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Metrics } from '../../activities/report/metrics.ts';
import { endOfScale } from '../../activities/report/verdict.ts';
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import type { Store } from '../../activities/store/store.ts';
import { exitCodes, wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { demandMetrics, latestResult } from '../results.ts';
import { compareWithRun } from '../check/against-run.ts';
import { toJUnit, toMarkdown, type CheckOutcome } from '../check/check-files.ts';
import { checkComparison, checkUntested, type Requirement } from '../check/requirements.ts';

interface CheckOptions {
  readonly against?: string;
  /** commander's name for what `--no-worse` was given; true where it was not. */
  readonly worse: number | true;
  readonly junit?: string;
  readonly markdown?: string;
  readonly json?: boolean;
}

export function addCheckVerb(cli: Cli): void {
  cli.program
    .command('check')
    .description('ask whether a run is proven better (or no worse); exit code 4 if it is not')
    .argument('[run]', 'id of the run (default: the run evaluated last)')
    .option(
      '--against <run>',
      "compare with what another run's verdict is about, or with `champion` (default: the untouched prompts)",
    )
    .option(
      '--no-worse <points>',
      'let it pass if it is surely no worse than by so many points, proven better or not',
      toPoints,
    )
    .option('--junit <file>', 'write the outcome as JUnit XML')
    .option('--markdown <file>', 'write the outcome as Markdown, e.g. for $GITHUB_STEP_SUMMARY')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
It asks for judges that learning never heard, an interval above 0 (or above -points), and nothing proven worse.

Examples:
  prose check
  prose check prose-2 --against prose-1 --no-worse 0.1
  prose check --against champion --junit prose.xml --markdown "$GITHUB_STEP_SUMMARY"`,
    )
    .action(async (given: string | undefined, options: CheckOptions) => {
      const run = given ?? (await latestResult(cli.backend, 'evaluations'));
      const requirements = await findRequirements(cli, run, options);
      const outcome: CheckOutcome = { run, passed: requirements.every(({ passed }) => passed), requirements };
      const fileOf = (path: string): string => resolve(cli.context.cwd, path);
      if (options.junit !== undefined) await writeFile(fileOf(options.junit), toJUnit(outcome));
      if (options.markdown !== undefined)
        // GitHub's summary file is appended to by every step.
        await writeFile(fileOf(options.markdown), toMarkdown(outcome), { flag: 'a' });
      if (!outcome.passed) cli.exitCode = exitCodes.notGoodEnough;
      if (options.json === true) cli.printJson(outcome);
      else show(cli, outcome);
    });
}

async function findRequirements(
  cli: Cli,
  run: string,
  { against, worse }: CheckOptions,
): Promise<Requirement[]> {
  const noWorse = worse === true ? undefined : worse;
  const metrics = await readRun(cli, run);
  const arm = metrics.arms.find(({ name }) => name === metrics.verdict.arm);
  if (arm === undefined) return checkUntested(metrics);
  if (against === undefined) {
    const { judges, counts } = metrics;
    const comparison = {
      arm,
      against: 'the untouched prompts',
      judges,
      topics: counts.testTopics,
      prompts: counts.testPrompts,
      end: endOfScale(metrics),
    };
    return checkComparison(comparison, noWorse);
  }
  const { createStore } = await import('../../activities/store/create-store.ts');
  const store = await createStore({ root: cli.root });
  try {
    const other = against === 'champion' ? await runOfChampion(store) : against;
    return checkComparison(await compareWithRun(store, metrics, await readRun(cli, other)), noWorse);
  } finally {
    await store.close();
  }
}

async function readRun(cli: Cli, run: string): Promise<Metrics> {
  return JSON.parse(await demandMetrics(cli, run)) as Metrics;
}

/** The run that trained the champion of the prompt-optimization model. */
async function runOfChampion(store: Store): Promise<string> {
  const { readChampion, readManifest } = await import('../../activities/store/model-registry.ts');
  const champion = await readChampion(store, 'prompt_optimization');
  if (champion === undefined)
    throw wrongInput('There is no champion yet: `prose models list` shows what there is');
  return (await readManifest(store, 'prompt_optimization', champion.version)).run;
}

function show(cli: Cli, { run, passed, requirements }: CheckOutcome): void {
  const { green, red } = cli.colors;
  for (const requirement of requirements)
    cli.print(
      `${requirement.passed ? green('✔') : red('✘')} ${requirement.name}: ${neutraliseLine(requirement.found)}`,
    );
  cli.print(neutraliseLine(`${run} ${passed ? 'passes' : 'does not pass'} the check.`));
}

function toPoints(text: string): number {
  const points = Number(text);
  if (text.trim() === '' || !Number.isFinite(points) || points < 0)
    throw new InvalidArgumentError('Give points of the rubric, 0 or more, e.g. 0.1.');
  return points;
}
