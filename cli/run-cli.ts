import { CommanderError } from 'commander';
import { SecretKeeper } from '../definitions/documents/secret-keeper.ts';
import { CliError, exitCodes, type ExitCode } from './cli-error.ts';
import type { Cli } from './cli.ts';
import type { CliContext } from './context.ts';
import { formatProblems } from './text/problems-text.ts';
import { withoutSecrets } from './hide-in-stream.ts';
import { createCli } from './program.ts';
import { adviseOnNamespace } from './temporal/temporal-session.ts';

/** Runs `prose` with these arguments (without `node` and the script); returns the exit code. Never throws. */
export async function runCli(args: readonly string[], context: CliContext): Promise<ExitCode> {
  const secrets = SecretKeeper.of(context.env);
  const cli = createCli(withoutSecrets(context, secrets), secrets);
  try {
    await cli.program.parseAsync(args, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    return report(cli, error);
  }
}

async function report(cli: Cli, error: unknown): Promise<ExitCode> {
  // Commander has already printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongInput;
  if (error instanceof CliError) {
    if (error.problems.length > 0) {
      for (const text of await formatProblems(cli.root, error.problems)) cli.note(`${text}\n`);
    }
    cli.note(error.message);
    if (cli.verbose && error.stack !== undefined) cli.note(error.stack);
    return error.exitCode;
  }
  if (error instanceof Error && error.name === 'NamespaceNotFoundError') {
    cli.note(adviseOnNamespace(cli));
    return exitCodes.failed;
  }
  const isOurs = error instanceof Error && 'code' in error && typeof error.code === 'string';
  cli.note(error instanceof Error ? error.message : String(error));
  if (cli.verbose && error instanceof Error && error.stack !== undefined) cli.note(error.stack);
  else if (!isOurs) cli.note('(--verbose shows where this comes from)');
  return exitCodes.failed;
}
