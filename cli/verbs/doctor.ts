/** `prose doctor`: what is there, what is missing, and the command that mends it. */
import { forgetEndedWorkers } from '../../activities/store/records/ended-workers.ts';
import { exitCodes, wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import type { HealthCheck } from '../health/health-check.ts';
import { checkHealth } from '../health/health-checks.ts';
import { neutralise } from '../../activities/text/plain-text.ts';

interface DoctorOptions {
  readonly json?: boolean;
  readonly tryAgain?: string;
}

export function addDoctorVerb(cli: Cli): void {
  cli.program
    .command('doctor')
    .description('tell what is missing and the command that mends it; starts nothing')
    .option('--try-again <run>', 'let workers go on with a run that was set aside because it ended them')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  prose doctor\n  prose doctor --json')
    .action(async ({ json, tryAgain }: DoctorOptions) => {
      if (tryAgain !== undefined) return letTryAgain(cli, tryAgain);
      const checks = await checkHealth(cli);
      const isWell = checks.every(({ state }) => state !== 'missing');
      if (!isWell) cli.exitCode = exitCodes.failed;
      if (json === true) {
        cli.printJson({ ok: isWell, checks });
        return;
      }
      const width = Math.max(...checks.map(({ name }) => name.length));
      for (const check of checks) {
        cli.print(`${mark(cli, check)} ${check.name.padEnd(width)}  ${neutralise(check.found)}`);
        if (check.remedy !== undefined) cli.print(`  ${' '.repeat(width)}  → ${neutralise(check.remedy)}`);
      }
    });
}

function letTryAgain(cli: Cli, run: string): void {
  if (!forgetEndedWorkers(cli.root, ({ workflowId }) => workflowId === run))
    throw wrongInput(`No run '${run}' is set aside here.`);
  cli.print(`Workers go on with ${neutralise(run)} when Temporal offers it again, within minutes.`);
}

function mark({ colors }: Cli, { state }: HealthCheck): string {
  if (state === 'well') return colors.green('✔');
  return state === 'missing' ? colors.red('✖') : colors.dim('·');
}
