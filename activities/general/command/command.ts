import { randomBytes } from 'node:crypto';
import { MAX_VALUE_BYTES, PAYLOAD_TOO_LARGE } from '../../../definitions/model/value-size.ts';
import type { JsonSchema, Value } from '../../../definitions/model/types.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';
import type { Activity } from '../../activity.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { parseForeignJson } from '../../imports/exact-json.ts';
import { startProgram, type ProgramCall } from '../../programs/program.ts';
import { commandFolder } from '../../store/paths.ts';
import { captureOutput } from './command-output.ts';

export interface CommandInput extends ProgramCall {
  /** Text for its standard input. Default: none. */
  readonly stdin?: string;
  /** Whether the last line of its standard output is JSON, to be returned as `result`. Default false. */
  readonly parseResult?: boolean;
  /** Exit codes that are no failure. Default 0 alone. */
  readonly allowedExitCodes?: readonly number[];
}

export interface CommandOutput {
  readonly exitCode: number;
  readonly seconds: number;
  /** The last 4 KB of each. */
  readonly stdout: string;
  readonly stderr: string;
  /** All of it, relative to the root. */
  readonly stdoutFile: string;
  readonly stderrFile: string;
  /** Null unless `parseResult`. */
  readonly result: Value;
}

const variableSchema: JsonSchema = { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' };

/** Runs a program. An attempt may follow one that was killed half-way: the program must bear being run again. */
export const command: Activity<CommandInput, CommandOutput> = {
  name: 'command',
  description: 'Runs a program of your own, without a shell, in a directory of the project.',
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: 'what its program does has no digest',
  input: objectSchema(
    {
      command: {
        type: 'array',
        minItems: 1,
        items: { type: 'string' },
        description: 'The program and its arguments, as a list.',
      },
      directory: { type: 'string', description: 'Working directory below the root; the root unless given.' },
      env: {
        type: 'array',
        items: variableSchema,
        description: "Names of further variables it gets from the worker's environment.",
      },
      stdin: { type: 'string', description: 'Text for its standard input.' },
      parseResult: { type: 'boolean', description: 'Return the last line of its output, which is JSON.' },
      allowedExitCodes: {
        type: 'array',
        minItems: 1,
        items: { type: 'integer', minimum: 0, maximum: 255 },
        description: 'Exit codes that are no failure; 0 unless given.',
      },
    },
    ['directory', 'env', 'stdin', 'parseResult', 'allowedExitCodes'],
  ),
  output: objectSchema({
    exitCode: { type: 'integer' },
    seconds: { type: 'number' },
    stdout: { type: 'string' },
    stderr: { type: 'string' },
    stdoutFile: { type: 'string' },
    stderrFile: { type: 'string' },
    result: {},
  }),
  async run(input, context) {
    const { store } = context;
    const [program] = input.command;
    const files = commandFolder(context.run.runId, context.task);
    // A name of its own for each attempt: what the last one printed is often why there is another.
    const attempt = `${new Date().toISOString().replaceAll(/[:.]/g, '')}-${randomBytes(3).toString('hex')}`;
    const stdoutFile = `${files}/${attempt}.stdout.log`;
    const stderrFile = `${files}/${attempt}.stderr.log`;
    using stdoutLog = store.backend.openLog(stdoutFile);
    using stderrLog = store.backend.openLog(stderrFile);

    const startedAt = performance.now();
    const { child, ended, end } = await startProgram(input, context);
    try {
      child.stdin.on('error', () => {}); // A command need not read what it is given.
      child.stdin.end(input.stdin ?? '');
      const [stdout, stderr, { exitCode, signal }] = await Promise.all([
        captureOutput(child.stdout, stdoutLog, context.secrets, (progress) => context.heartbeat(progress)),
        captureOutput(child.stderr, stderrLog, context.secrets, (progress) => context.heartbeat(progress)),
        ended,
      ]);
      context.signal.throwIfAborted();
      if (exitCode === null || !(input.allowedExitCodes ?? [0]).includes(exitCode)) {
        const how = exitCode === null ? `was ended by ${signal}` : `ended with exit code ${exitCode}`;
        const said = stderr.tail.trim() || stdout.tail.trim();
        throw new ActivityError('COMMAND_FAILED', `'${program}' ${how}; ${stderrFile} has more.\n${said}`, {
          retryable: true,
        });
      }
      return {
        exitCode,
        seconds: Math.round(performance.now() - startedAt) / 1000,
        stdout: stdout.tail,
        stderr: stderr.tail,
        stdoutFile,
        stderrFile,
        result: input.parseResult === true ? parseResult(program, stdout.lastLine) : null,
      };
    } finally {
      end(); // Still there only if its output could not be written.
    }
  },
};

function parseResult(program: string, line: string | null | undefined): Value {
  if (line === null)
    throw new ActivityError(
      PAYLOAD_TOO_LARGE,
      `The last line that '${program}' printed has more than ${MAX_VALUE_BYTES} characters. Let it write a file, and print the path of that.`,
    );
  const value = line === undefined ? undefined : parseForeignJson(line);
  if (value !== undefined) return value as Value;
  throw new ActivityError('BAD_RESULT', `The last line that '${program}' printed is not JSON.`);
}
