/** `prose validate`: checks definitions, configs and texts without starting anything. */
import { formatCounted } from '../../activities/text/figures.ts';
import { exitCodes } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { checkFiles } from '../health/check-files.ts';
import { projectPath } from '../start/inputs.ts';
import { formatProblems, sayWarning } from '../text/problems-text.ts';

interface ValidateOptions {
  readonly json?: boolean;
}

export function addValidateVerb(cli: Cli): void {
  cli.program
    .command('validate')
    .description('check definitions, configs and texts; exit code 2 if anything is wrong')
    .argument('[files...]', 'files to check (default: all of definitions/, configs/ and model_input/)')
    .option('--json', 'print the problems as JSON')
    .addHelpText(
      'after',
      `
Examples:
  prose validate
  prose validate definitions/mine.yaml configs/main_model_config.yaml
  prose validate --json | jq '.problems[].code'`,
    )
    .action(async (typed: readonly string[], { json }: ValidateOptions) => {
      const { files, problems, warnings } = await checkFiles(
        cli,
        typed.map((file) => projectPath(cli, file)),
      );
      if (problems.length > 0) cli.exitCode = exitCodes.wrongInput;
      if (json === true) {
        cli.printJson({ ok: problems.length === 0, files, problems, warnings });
        return;
      }
      for (const text of await formatProblems(cli.root, problems)) cli.print(`${text}\n`);
      for (const text of await formatProblems(cli.root, warnings)) cli.print(`${sayWarning(cli, text)}\n`);
      if (problems.length > 0) cli.print(cli.colors.red(formatCounted(problems.length, 'problem')));
      else cli.print(`${cli.colors.green('✔')} ${formatCounted(files.length, 'file')}, no problems`);
    });
}
