/** Starts one part of the stack as a process of its own that outlives this one. */
import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseFields } from '../../definitions/documents/json-text.ts';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts';
import { StackError } from './stack-error.ts';
import type { PartName } from './stack-part.ts';

const pollMs = 50;
const logTailLines = 12;

export interface PartCommand {
  readonly name: PartName;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
}

/**
 * Starts the process, detached, its output going to the log file (the one before is kept as `….previous`): a pipe
 * would break when this process ends. Throws `StackError` `PART_DIED` if it cannot be started.
 */
export async function spawnPart({
  name,
  command,
  args,
  cwd,
  env,
  logFile,
}: PartCommand): Promise<ProcessIdentity> {
  await mkdir(dirname(logFile), { recursive: true });
  await rename(logFile, `${logFile}.previous`).catch(() => {});
  const output = await open(logFile, 'a');
  try {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', output.fd, output.fd] });
    const failure = new Promise<Error>((resolve) => child.once('error', resolve));
    child.unref();
    if (child.pid === undefined)
      throw new StackError('PART_DIED', `${name}: ${(await failure).message}`, name);
    const identity = identifyProcess(child.pid);
    if (identity === undefined) throw await diedError(name, logFile);
    return identity;
  } finally {
    await output.close();
  }
}

/**
 * Waits until `probe` gives something for a started part. Throws `StackError` `PART_DIED` as soon as the process has
 * ended and `PART_SILENT` after `timeoutMs`.
 */
export async function waitForPart<T>(
  name: PartName,
  identity: ProcessIdentity,
  logFile: string,
  timeoutMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const ready = await probe();
    // What answers where a part has died is not that part.
    if (!isAlive(identity)) throw await diedError(name, logFile);
    if (ready !== undefined) return ready;
    if (performance.now() > deadline) {
      const seconds = Math.round(timeoutMs / 1000);
      throw new StackError(
        'PART_SILENT',
        `${name} was not ready after ${seconds} s.\n${await tailOf(logFile)}`,
        name,
      );
    }
    await sleep(pollMs);
  }
}

/** The first line of a log that is a JSON object with the key `key`. */
export async function findJsonLine(
  logFile: string,
  key: string,
): Promise<{ readonly [key: string]: unknown } | undefined> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  // What follows the last line feed may still be being written.
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    const value = parseFields(line);
    if (value !== undefined && key in value) return value;
  }
  return undefined;
}

/** Whether a part says in its log that another program has one of its ports. */
export async function lostItsPort(logFile: string): Promise<boolean> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return /EADDRINUSE|address already in use|Only one usage of each socket address/u.test(text);
}

/** The last lines of a log, indented, under its path. */
async function tailOf(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-logTailLines);
  return [`Its log (${logFile}) ends with:`, ...lines.map((line) => `  ${line}`)].join('\n');
}

async function diedError(name: PartName, logFile: string): Promise<StackError> {
  return new StackError('PART_DIED', `${name} ended before it was ready.\n${await tailOf(logFile)}`, name);
}
