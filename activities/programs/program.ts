/** Programs of the project's own, run as confined as they can be without rights of their own: no shell, a group, few variables, no look at others. */
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { ActivityContext } from '../activity.ts';
import { ActivityError } from '../attempts/errors.ts';
import { realPathInside } from '../store/paths.ts';
import { endProcessGroup } from './end-process-group.ts';
import { guardProcessGroup } from './guard-process-group.ts';
import { findWayApart, spawnApart, type Child } from './spawn-apart.ts';

export interface ProgramCall {
  /** The program and its arguments; no shell looks at them. */
  readonly command: readonly [string, ...string[]];
  /** Working directory below the project's root. Default: the root. */
  readonly directory?: string;
  /** Names of variables that the command gets from the worker's environment, besides PATH, HOME, LANG, TMPDIR and its GPUs. */
  readonly env?: readonly string[];
}

export interface RunningProgram {
  readonly child: Child;
  readonly ended: Promise<Ending>;
  /** Ends it and all that it started, if it is still there: SIGTERM, and SIGKILL after 5 s. */
  readonly end: () => void;
}

/** What every program gets of the environment: nothing that is a secret. */
const GIVEN_VARIABLES = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'CUDA_DEVICE_ORDER', 'CUDA_VISIBLE_DEVICES'];

/**
 * Starts a program, which is ended with this process, and when the signal is aborted, also while it is being started.
 *
 * @throws the signal's reason; ActivityError `BAD_DIRECTORY`, `ENV_NOT_SET`; `ended` is rejected with `COMMAND_NOT_FOUND` or `COMMAND_NOT_RUN`.
 */
export async function startProgram(
  call: ProgramCall,
  context: Pick<ActivityContext, 'root' | 'environment' | 'signal'>,
): Promise<RunningProgram> {
  const { signal } = context;
  signal.throwIfAborted();
  const cwd = await directoryInside(context.root, call.directory ?? '.');
  const around = { cwd, env: environmentOf(call.env ?? [], context) };
  const child = spawnApart(call.command, around, await findWayApart(call.command[0], around));
  const ended = ending(child);
  if (child.pid !== undefined) child.once('close', guardProcessGroup(child.pid));
  const end = (): void => endChild(child);
  signal.addEventListener('abort', end);
  child.once('close', () => signal.removeEventListener('abort', end));
  if (signal.aborted) end();
  return { child, ended, end };
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
function environmentOf(
  names: readonly string[],
  context: Pick<ActivityContext, 'environment'>,
): NodeJS.ProcessEnv {
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
