/** A model server as a part of the stack: one that says itself, in a line of JSON, where it listens. */
import { join } from 'node:path';
import { nodeCommand } from './node-command.ts';
import type { PartContext } from './part-context.ts';
import { findFreePort } from './ports.ts';
import { isAlive } from './process-identity.ts';
import { findJsonLine, lostItsPort, spawnPart, waitForPart } from './spawn-part.ts';
import type { Part, PartName } from './stack-part.ts';
import { stackDirectory } from './stack-state.ts';

const readyTimeoutMs = 60_000;
const probeTimeoutMs = 3_000;

export interface ServerCommand {
  readonly name: PartName;
  /** Of this package, to be run with `args` and `--port`. */
  readonly file: string;
  readonly args: readonly string[];
  readonly digest: string;
}

/** Whether the recorded server still answers. */
export async function isServerHealthy(part: Part): Promise<boolean> {
  if (part.ready !== true || !isAlive(part.process) || part.address === undefined) return false;
  try {
    const response = await fetch(new URL('/health', part.address), {
      signal: AbortSignal.timeout(probeTimeoutMs),
    });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}

/**
 * Starts the server, on the port it had before if that is free: who knows its address need not be told then. Where it
 * listens it says itself, once it does: what a stranger has at that address is never taken for it.
 */
export async function startServerPart(
  command: ServerCommand,
  context: PartContext,
  before: Part | undefined,
  record: (part: Part) => Promise<void>,
): Promise<Part> {
  const wanted = before?.address === undefined ? 0 : Number(new URL(before.address).port);
  if (wanted === 0 || (await findFreePort(wanted)) !== wanted) return startOn(0, command, context, record);
  try {
    return await startOn(wanted, command, context, record);
  } catch (error) {
    // Somebody has taken it since.
    if (!(await lostItsPort(logFileOf(command, context)))) throw error;
    return startOn(0, command, context, record);
  }
}

function logFileOf({ name }: ServerCommand, { root }: PartContext): string {
  return join(stackDirectory(root), 'logs', `${name}.log`);
}

async function startOn(
  port: number,
  command: ServerCommand,
  context: PartContext,
  record: (part: Part) => Promise<void>,
): Promise<Part> {
  const { name, file, args, digest } = command;
  const { packageRoot, env } = context;
  const logFile = logFileOf(command, context);
  const process = await spawnPart({
    name,
    ...nodeCommand(packageRoot, file, [...args, '--port', String(port)]),
    cwd: packageRoot,
    env,
    logFile,
  });
  const started: Part = { process, startedAt: new Date().toISOString(), logFile, digest };
  await record(started);
  const address = await waitForPart(name, process, logFile, readyTimeoutMs, async () => {
    const endpoint = (await findJsonLine(logFile, 'endpoint'))?.['endpoint'];
    return typeof endpoint === 'string' ? endpoint : undefined;
  });
  return { ...started, address };
}
