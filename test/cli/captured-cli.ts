/** Runs `prose` in this process and keeps what it writes. */
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { CliContext } from '../../cli/context.ts';
import { runCli } from '../../cli/run-cli.ts';

export interface Captured {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function captureCli(
  args: readonly string[],
  given: {
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly stdin?: string | Uint8Array;
    readonly isTTY?: boolean;
  } = {},
): Promise<Captured> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  if (given.isTTY === true) Object.assign(stdout, { isTTY: true });
  const context: CliContext = {
    env: given.env ?? {},
    cwd: given.cwd ?? '/',
    stdin: Readable.from([given.stdin ?? '']),
    stdout,
    stderr,
    onInterrupt: () => () => {},
    onEndSignal: () => () => {},
  };
  const written = Promise.all([text(stdout), text(stderr)]);
  const exitCode = await runCli(args, context);
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { exitCode, stdout: out, stderr: err };
}
