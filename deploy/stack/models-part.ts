/** The embedded model server as a part of the stack. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isAlive } from './process-identity.ts';
import { findFreePort } from './ports.ts';
import { findJsonLine, lostItsPort, spawnPart, waitForPart } from './spawn-part.ts';
import type { Part } from './stack-part.ts';
import { stackDirectory } from './stack-state.ts';
import { nodeCommand } from './node-command.ts';
import type { PartContext } from './part-context.ts';

const readyTimeoutMs = 60_000;
const probeTimeoutMs = 3_000;

/** Digest of what the model server is started with. */
export function modelsDigest({ sourceDigest }: PartContext): string {
  return createHash('sha256').update(`models ${sourceDigest}`).digest('hex');
}

/** Whether the recorded server still answers. */
export async function isModelServerHealthy(part: Part): Promise<boolean> {
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
 * Starts the server, on the port it had before if that is free: the worker need not be restarted then. Where it listens it
 * says itself, once it does: what a stranger has at that address is never taken for it.
 */
export async function startModelServer(
  context: PartContext,
  before: Part | undefined,
  record: (part: Part) => Promise<void>,
): Promise<Part> {
  const wanted = before?.address === undefined ? 0 : Number(new URL(before.address).port);
  if (wanted === 0 || (await findFreePort(wanted)) !== wanted) return startOn(0, context, record);
  try {
    return await startOn(wanted, context, record);
  } catch (error) {
    // Somebody has taken it since.
    if (!(await lostItsPort(logFileOf(context)))) throw error;
    return startOn(0, context, record);
  }
}

function logFileOf({ root }: PartContext): string {
  return join(stackDirectory(root), 'logs', 'models.log');
}

async function startOn(
  port: number,
  context: PartContext,
  record: (part: Part) => Promise<void>,
): Promise<Part> {
  const { packageRoot, env } = context;
  const logFile = logFileOf(context);
  const process = await spawnPart({
    name: 'models',
    ...nodeCommand(packageRoot, 'deploy/model-server/main.ts', ['--port', String(port)]),
    cwd: packageRoot,
    env,
    logFile,
  });
  const started: Part = {
    process,
    startedAt: new Date().toISOString(),
    logFile,
    digest: modelsDigest(context),
  };
  await record(started);
  const address = await waitForPart('models', process, logFile, readyTimeoutMs, async () => {
    const endpoint = (await findJsonLine(logFile, 'endpoint'))?.['endpoint'];
    return typeof endpoint === 'string' ? endpoint : undefined;
  });
  return { ...started, address };
}
