import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { MAX_VALUE_BYTES, PAYLOAD_TOO_LARGE } from '../../../definitions/model/value-size.ts';
import type { JsonSchema, Value } from '../../../definitions/model/types.ts';
import type { Activity, ActivityContext } from '../../activity.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { parseForeignJson } from '../../imports/exact-json.ts';
import { commandFolder, realPathInside } from '../../store/paths.ts';
import { captureOutput } from './command-output.ts';
import { endProcessGroup } from './end-process-group.ts';
import { guardProcessGroup } from './guard-process-group.ts';

export interface CommandInput {
  /** The program and its arguments; no shell looks at them. */
  readonly command: readonly [string, ...string[]];
  /** Working directory below the project's root. Default: the root. */
  readonly directory?: string;
  /** Names of variables that the command gets from the worker's environment, besides PATH, HOME, LANG, TMPDIR and its GPUs. */
  readonly env?: readonly string[];
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

/** What every command gets of the environment: nothing that is a secret. */
const GIVEN_VARIABLES = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'CUDA_DEVICE_ORDER', 'CUDA_VISIBLE_DEVICES'];

/** Runs a program. An attempt may follow one that was killed half-way: the program must bear being run again. */
export const command: Activity<CommandInput, CommandOutput> = {
  name: 'command',
  description: 'Runs a program of your own, without a shell, in a directory of the project.',
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: 'what its program does has no digest',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['command'],
    properties: {
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
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['exitCode', 'seconds', 'stdout', 'stderr', 'stdoutFile', 'stderrFile', 'result'],
    properties: {
      exitCode: { type: 'integer' },
      seconds: { type: 'number' },
      stdout: { type: 'string' },
      stderr: { type: 'string' },
      stdoutFile: { type: 'string' },
      stderrFile: { type: 'string' },
      result: {},
    },
  },
  async run(input, context) {
    const { root, store } = context;
    const [program] = input.command;
    const cwd = await directoryInside(root, input.directory ?? '.');
    const files = commandFolder(context.run.runId, context.task);
    // A name of its own for each attempt: what the last one printed is often why there is another.
    const attempt = `${new Date().toISOString().replaceAll(/[:.]/g, '')}-${randomBytes(3).toString('hex')}`;
    const stdoutFile = `${files}/${attempt}.stdout.log`;
    const stderrFile = `${files}/${attempt}.stderr.log`;
    using stdoutLog = store.backend.openLog(stdoutFile);
    using stderrLog = store.backend.openLog(stderrFile);

    context.signal.throwIfAborted();
    const startedAt = performance.now();
    const child = start(input, cwd, environmentOf(input.env ?? [], context));
    const ended = ending(child);
    if (child.pid !== undefined) child.once('close', guardProcessGroup(child.pid));
    const end = (): void => endChild(child);
    context.signal.addEventListener('abort', end);
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
      context.signal.removeEventListener('abort', end);
      end(); // Still there only if its output could not be written.
    }
  },
};

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A process that leads a group of its own, so that all it starts can be ended with it. */
function start(
  { command: [program, ...programArguments] }: CommandInput,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Child {
  return spawn(program, programArguments, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
}

interface Ending {
  /** Null if a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How the process ended. What it left running in its group is ended then, or its output would never end. */
function ending(child: Child): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      const isMissing = 'code' in error && error.code === 'ENOENT';
      const message = isMissing
        ? `There is no program '${child.spawnfile}' on this worker.`
        : `'${child.spawnfile}' cannot be run: ${error.message}.`;
      reject(new ActivityError(isMissing ? 'COMMAND_NOT_FOUND' : 'COMMAND_NOT_RUN', message));
    });
    child.once('exit', (exitCode, signal) => {
      if (child.pid !== undefined) child.once('close', endProcessGroup(child.pid));
      resolve({ exitCode, signal });
    });
  });
}

function endChild(child: Child): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
    child.once('close', endProcessGroup(child.pid));
}

/** Only what is named: the worker's environment holds API keys. */
function environmentOf(names: readonly string[], context: ActivityContext): NodeJS.ProcessEnv {
  const missing = names.filter((name) => context.environment(name) === undefined);
  if (missing.length > 0) {
    throw new ActivityError(
      'ENV_NOT_SET',
      `The worker's environment does not set ${missing.join(', ')}, named in 'env'.`,
    );
  }
  return Object.fromEntries(
    [...GIVEN_VARIABLES, ...names].flatMap((name) => {
      const value = context.environment(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The real path of a directory; links that leave the root are refused. */
async function directoryInside(root: string, directory: string): Promise<string> {
  const real = await realPathInside(root, directory).catch(() => undefined);
  if (real === undefined || isAbsolute(directory)) {
    throw new ActivityError('BAD_DIRECTORY', `The directory '${directory}' is not inside the project.`);
  }
  if (!(await stat(real)).isDirectory())
    throw new ActivityError('BAD_DIRECTORY', `'${directory}' is not a directory.`);
  return real;
}

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
