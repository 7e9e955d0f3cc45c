/** What every verb that makes runs takes: the run's params, and the server and model that all roles are pointed at. */
import type { Command } from 'commander';
import type { Params } from '../../definitions/checks/params.ts';
import type { Definition } from '../../definitions/model/types.ts';
import type { RunOptions } from '../../workflows/messages.ts';
import { parseBudget } from './budget.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { problemsError } from '../text/problems-text.ts';
import { readParams } from './params.ts';

export interface RunVerbOptions {
  readonly param?: readonly string[];
  readonly paramsFile?: string;
  readonly endpoint?: string;
  readonly model?: string;
  readonly seed?: number;
  readonly budget?: string;
  /** False with --no-cache. */
  readonly cache: boolean;
}

/** Adds the options of `RunVerbOptions` but `--seed`. */
export function addRunOptions(command: Command): Command {
  return command
    .option('-p, --param <key=value>', 'a parameter of the definition; repeat for more', collect)
    .option('--params-file <file>', 'parameters as a JSON object')
    .option(
      '--endpoint <url>',
      'OpenAI-compatible base URL that every role is pointed at, or `local`: see `prose up --help`',
    )
    .option('--model <name>', 'model name used by every role')
    .option('--budget <parts>', 'what the run may spend, e.g. calls=10000,tokens=5000000,money=20')
    .option('--no-cache', 'make every model call and run every task, whatever was kept of earlier runs');
}

/** The second argument of a run; its budget is yet to be checked (`assertBudget`). Throws `CliError` `WRONG_INPUT`. */
export function runOptionsOf({ endpoint, model, cache, budget }: RunVerbOptions): RunOptions {
  return {
    ...(endpoint !== undefined && { endpoint: parseEndpoint(endpoint) }),
    ...(model !== undefined && { model }),
    ...(!cache && { cache: false }),
    ...(budget !== undefined && { budget: parseBudget(budget) }),
  };
}

/**
 * The params of a run of this definition, checked and completed with their defaults. Throws `CliError` `PROBLEMS`.
 *
 * @param preset params that those of the command line stand over.
 */
export async function checkedParams(
  cli: Cli,
  definition: Definition,
  options: RunVerbOptions,
  preset: Params = {},
): Promise<Params> {
  const given = {
    assignments: options.param ?? [],
    ...(options.paramsFile !== undefined && { file: options.paramsFile }),
    ...(options.seed !== undefined && { seed: options.seed }),
  };
  const { resolveParams } = await import('../../definitions/checks/params.ts');
  const params = { ...preset, ...(await readParams(definition, given, cli.context.cwd)) };
  const resolved = resolveParams(definition, params);
  if (!resolved.ok) throw problemsError(resolved.problems);
  return resolved.value;
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function parseEndpoint(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/u.test(new URL(text).protocol)) {
    throw wrongInput(`--endpoint ${text}: a URL like http://localhost:8000/v1 is expected`);
  }
  return text;
}
