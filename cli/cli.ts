/** One invocation of `prose`: what its verbs share. */
import { Command } from 'commander';
import colors from 'picocolors';
import { SecretKeeper } from '../definitions/documents/secret-keeper.ts';
import { exitCodes, type ExitCode } from './cli-error.ts';
import type { CliContext } from './context.ts';
import { findProjectRoot } from './project-root.ts';
import { escapeJson, neutralise } from '../activities/text/plain-text.ts';
import type { Backend } from '../activities/store/backend.ts';
import { openBackend } from '../activities/store/open-backend.ts';

interface GlobalOptions {
  readonly root?: string;
  readonly color: boolean;
  readonly verbose?: boolean;
}

export class Cli {
  readonly context: CliContext;
  readonly program: Command;
  /** How the process will end; verbs set it when there is nothing left to say. */
  exitCode: ExitCode = exitCodes.done;
  /** Hides what it is told to keep in all that is printed. */
  readonly secrets: SecretKeeper;
  #backend: Backend | undefined;

  constructor(context: CliContext, program: Command, secrets = new SecretKeeper()) {
    this.context = context;
    this.program = program;
    this.secrets = secrets;
  }

  /** The project's root. Throws `CliError` `NO_PROJECT`. */
  get root(): string {
    return findProjectRoot(this.context.cwd, this.#options.root);
  }

  /** Where the project's data lies. Throws `CliError` `NO_PROJECT`. */
  get backend(): Backend {
    return (this.#backend ??= openBackend(this.root));
  }

  get verbose(): boolean {
    return this.#options.verbose === true;
  }

  /** Whether somebody watches: bars, redrawing and colours make sense. */
  get isInteractive(): boolean {
    return this.context.stdout.isTTY === true && this.context.env['TERM'] !== 'dumb';
  }

  get colors(): ReturnType<typeof colors.createColors> {
    const { NO_COLOR, FORCE_COLOR } = this.context.env;
    const wanted = this.isInteractive || (FORCE_COLOR !== undefined && FORCE_COLOR !== '0');
    return colors.createColors(this.#options.color && !NO_COLOR && wanted);
  }

  /** Writes a line of our own making to standard output. Text of others goes through `neutralise` first. */
  print(line = ''): void {
    this.context.stdout.write(`${line}\n`);
  }

  /** Writes one JSON value to standard output, safe for a terminal. */
  printJson(value: unknown): void {
    this.context.stdout.write(`${escapeJson(JSON.stringify(value, null, 2))}\n`);
  }

  /** Writes a line for the person to standard error, so that standard output stays what a script reads. */
  note(line: string): void {
    this.context.stderr.write(`${neutralise(line)}\n`);
  }

  get #options(): GlobalOptions {
    return this.program.opts<GlobalOptions>();
  }
}
