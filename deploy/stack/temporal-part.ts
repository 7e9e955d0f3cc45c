/** The local Temporal server as a part of the stack. */
import { join } from 'node:path';
import { devServerArguments, devServerEnvironment } from '../temporal/dev-server.ts';
import { ensureTemporal } from '../temporal/find.ts';
import { findFreePort, isListening } from './ports.ts';
import type { PartContext } from './part-context.ts';
import { isAlive } from './process-identity.ts';
import { spawnPart, waitForPart } from './spawn-part.ts';
import type { Part } from './stack-part.ts';
import { stackDirectory } from './stack-state.ts';

const host = '127.0.0.1';
const readyTimeoutMs = 60_000;
const defaultPort = 7233;
const defaultUiPort = 8233;

/** Whether the recorded server still serves. */
export async function isTemporalHealthy(part: Part): Promise<boolean> {
  const port = portOf(part);
  return port !== undefined && isAlive(part.process) && (await isListening(host, port));
}

/**
 * Starts the server on the ports asked for, on those it had before, or else on 7233 and 8233; a taken port gives way
 * to the next free one, which is said. Its database is `.prose/temporal.db`, so runs survive its restart.
 * `record` is called as soon as the process exists, before it is ready.
 */
export async function startTemporal(
  context: PartContext,
  before: Part | undefined,
  record: (part: Part) => Promise<void>,
): Promise<Part> {
  const { root, env, log, ports } = context;
  const executable = await ensureTemporal({ env, log });
  const wanted = ports.temporal ?? portOf(before) ?? defaultPort;
  const port = await findFreePort(wanted);
  if (wanted !== 0 && port !== wanted)
    log(`Port ${wanted} is taken by another program: Temporal listens on ${port}`);
  const uiPort = await findFreePort(ports.ui ?? uiPortOf(before) ?? defaultUiPort, [port]);
  const logFile = join(stackDirectory(root), 'logs', 'temporal.log');
  const process = await spawnPart({
    name: 'temporal',
    command: executable.path,
    // prettier-ignore
    args: [
      'server', 'start-dev', '--ip', host, '--port', String(port), '--ui-port', String(uiPort),
      '--db-filename', join(stackDirectory(root), 'temporal.db'), '--log-level', 'error',
      ...devServerArguments,
    ],
    cwd: root,
    env: devServerEnvironment(env),
    logFile,
  });
  const part: Part = {
    process,
    startedAt: new Date().toISOString(),
    logFile,
    digest: executable.version,
    address: `${host}:${port}`,
    uiUrl: `http://${host}:${uiPort}`,
  };
  await record(part);
  await waitForPart('temporal', process, logFile, readyTimeoutMs, () => probeServer(`${host}:${port}`));
  return part;
}

/** True once the server answers for its namespace: it listens a little before that. */
async function probeServer(address: string): Promise<true | undefined> {
  const port = Number(address.split(':')[1]);
  if (!(await isListening(host, port))) return undefined;
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ address, connectTimeout: 5_000 });
    try {
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return undefined;
  }
}

function portOf(part: Part | undefined): number | undefined {
  return part?.address === undefined ? undefined : Number(part.address.split(':')[1]);
}

function uiPortOf(part: Part | undefined): number | undefined {
  return part?.uiUrl === undefined ? undefined : Number(new URL(part.uiUrl).port);
}
