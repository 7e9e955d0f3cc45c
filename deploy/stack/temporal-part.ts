/** The local Temporal server as a part of the stack. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { devServerArguments, devServerEnvironment } from '../temporal/dev-server.ts';
import { ensureTemporal } from '../temporal/find.ts';
import { findFreePort, isListening } from './ports.ts';
import type { PartContext } from './part-context.ts';
import { isAlive } from './process-identity.ts';
import { lostItsPort, spawnPart, waitForPart } from './spawn-part.ts';
import { StackError } from './stack-error.ts';
import type { Part } from './stack-part.ts';
import { stackDirectory } from './stack-state.ts';

const host = '127.0.0.1';
/** On a busy machine with a cold disk it has taken a minute. */
const readyTimeoutMs = 180_000;
const defaultPort = 7233;
const defaultUiPort = 8233;
/** Starts that may lose a port to another program between its choice and the server's taking it. */
const maxStarts = 20;

/** Whether the recorded server still serves. */
export async function isTemporalHealthy(part: Part): Promise<boolean> {
  const port = portOf(part);
  return (
    port !== undefined && part.ready === true && isAlive(part.process) && (await isListening(host, port))
  );
}

/**
 * Starts the server on the ports asked for, on those it had before, or else on 7233 and 8233; a taken port gives way
 * to the next free one, which is said, also when it is taken while the server starts. Its database is
 * `.prose/temporal.db`, so runs survive its restart.
 *
 * The database has a namespace of its own (`Part.mark`), with a name that nobody can guess: the server that knows it, while the
 * process started here lives, is this one. Another that answers at the same port, as before a slow start, is not.
 *
 * `record` is called as soon as the process exists, before it is ready.
 */
export async function startTemporal(
  context: PartContext,
  before: Part | undefined,
  record: (part: Part) => Promise<void>,
): Promise<Part> {
  const { env, log, ports } = context;
  const executable = await ensureTemporal({ env, log });
  const mark = before?.mark ?? `${context.project}-${randomUUID()}`;
  let wanted = ports.temporal ?? portOf(before) ?? defaultPort;
  let wantedUi = ports.ui ?? uiPortOf(before) ?? defaultUiPort;
  for (let start = 1; ; start += 1) {
    const port = await findFreePort(wanted);
    if (wanted !== 0 && port !== wanted)
      log(`Port ${wanted} is taken by another program: Temporal listens on ${port}`);
    const uiPort = await findFreePort(wantedUi, [port]);
    try {
      return await startOn({ port, uiPort }, mark, executable, context, record);
    } catch (error) {
      const isTaken = error instanceof StackError && error.code === 'PART_DIED';
      if (!isTaken || start === maxStarts || !(await lostItsPort(logFileOf(context)))) throw error;
      log(`Another program has taken a port of Temporal's while it started: starting it again`);
      // Both again from where they were: the one that is taken by now is passed over.
      [wanted, wantedUi] = [wanted === 0 ? 0 : port, wantedUi === 0 ? 0 : uiPort];
    }
  }
}

async function startOn(
  { port, uiPort }: { readonly port: number; readonly uiPort: number },
  mark: string,
  executable: { readonly path: string; readonly version: string },
  context: PartContext,
  record: (part: Part) => Promise<void>,
): Promise<Part> {
  const { root, env } = context;
  const logFile = logFileOf(context);
  const process = await spawnPart({
    name: 'temporal',
    command: executable.path,
    // prettier-ignore
    args: [
      'server', 'start-dev', '--ip', host, '--port', String(port), '--ui-port', String(uiPort),
      '--db-filename', join(stackDirectory(root), 'temporal.db'), '--namespace', mark, '--log-level', 'error',
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
    mark,
  };
  await record(part);
  await waitForPart('temporal', process, logFile, readyTimeoutMs, () => probeServer(`${host}:${port}`, mark));
  return part;
}

function logFileOf({ root }: PartContext): string {
  return join(stackDirectory(root), 'logs', 'temporal.log');
}

/** True once this very server answers for its namespaces: it listens a little before that. */
async function probeServer(address: string, mark: string): Promise<true | undefined> {
  const port = Number(address.split(':')[1]);
  if (!(await isListening(host, port))) return undefined;
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ address, connectTimeout: 5_000 });
    try {
      await connection.workflowService.describeNamespace({ namespace: mark });
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
