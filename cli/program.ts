/** The verbs of `prose` and its global options. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { SecretKeeper } from '../definitions/documents/secret-keeper.ts';
import { addApproveVerb } from './verbs/approve.ts';
import { addEvalVerb } from './verbs/eval.ts';
import { addLabelsVerb } from './verbs/labels.ts';
import { addCacheVerb } from './verbs/cache.ts';
import { addCancelVerb } from './verbs/cancel.ts';
import { addCheckVerb } from './verbs/check.ts';
import { Cli } from './cli.ts';
import type { CliContext } from './context.ts';
import { addDoctorVerb } from './verbs/doctor.ts';
import { addDownVerb } from './verbs/down.ts';
import { addExportVerb } from './verbs/export.ts';
import { addFailVerb } from './verbs/fail.ts';
import { addGraphVerb } from './verbs/graph.ts';
import { addListVerb } from './verbs/list.ts';
import { addLogsVerb } from './verbs/logs.ts';
import { addModelsVerb } from './verbs/models.ts';
import { addPromptsVerb } from './verbs/prompts.ts';
import { addOptimizeVerb } from './verbs/optimize.ts';
import { addPauseVerb } from './verbs/pause.ts';
import { addReportVerb } from './verbs/report.ts';
import { addResumeVerb } from './verbs/resume.ts';
import { addRetryVerb } from './verbs/retry.ts';
import { addRunVerb } from './verbs/run.ts';
import { addScheduleVerb } from './verbs/schedule.ts';
import { addSkipVerb } from './verbs/skip.ts';
import { addSqlVerb } from './verbs/sql.ts';
import { addStatusVerb } from './verbs/status.ts';
import { addUpVerb } from './verbs/up.ts';
import { addValidateVerb } from './verbs/validate.ts';
import { addWorkerVerb } from './verbs/worker.ts';

const verbs = [
  addRunVerb,
  addValidateVerb,
  addGraphVerb,
  addStatusVerb,
  addListVerb,
  addLogsVerb,
  addReportVerb,
  addCheckVerb,
  addCancelVerb,
  addSkipVerb,
  addFailVerb,
  addApproveVerb,
  addEvalVerb,
  addLabelsVerb,
  addPauseVerb,
  addResumeVerb,
  addRetryVerb,
  addScheduleVerb,
  addSqlVerb,
  addOptimizeVerb,
  addCacheVerb,
  addModelsVerb,
  addPromptsVerb,
  addExportVerb,
  addUpVerb,
  addDownVerb,
  addWorkerVerb,
  addDoctorVerb,
];

/** A fresh command line; it throws commander's `CommanderError` instead of ending the process. */
export function createCli(context: CliContext, secrets = new SecretKeeper()): Cli {
  const program = new Command('prose')
    .description('Makes prompts better for a given language model, with no data set to start from.')
    .version(packageVersion(), '--version', 'print the version')
    .option(
      '--root <dir>',
      'the project (default: the nearest folder upwards with definitions/ and configs/)',
    )
    .option('--no-color', 'plain output (also: NO_COLOR in the environment)')
    .option('--verbose', 'show where an error comes from')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [verb]', 'show help for a verb')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
    })
    .addHelpText(
      'after',
      `
Examples:
  prose run prose                      the whole pipeline with the bundled, simulated models
  prose run prose --param basePrompts=200 --endpoint http://gpu-1:8000/v1 --model qwen3-8b
  prose status --watch                 how far the latest run is
  prose report                         what it found
  prose optimize "Write me a poem"     the promoted prompt optimizer at work
  prose doctor                         what is missing, and the command that mends it

Exit codes: 0 done, 1 the run failed, 2 the input is wrong, 3 stopped by budget, 4 a check not passed.`,
    );
  const cli = new Cli(context, program, secrets);
  for (const addVerb of verbs) addVerb(cli);
  pointToHelp(program, 'prose');
  return cli;
}

/** Each command's errors name the help that lists its own options. */
function pointToHelp(command: Command, line: string): void {
  command.showHelpAfterError(`(${line} --help lists what there is)`);
  for (const verb of command.commands) pointToHelp(verb, `${line} ${verb.name()}`);
}

function packageVersion(): string {
  const content: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof content === 'object' && content !== null && 'version' in content) return String(content.version);
  return 'unknown';
}
