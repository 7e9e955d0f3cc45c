/** A real Temporal server for integration tests: one for the whole mocha process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Connection } from '@temporalio/client';
import { IllegalStateError } from '@temporalio/common';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { devServerArguments, devServerEnvironment } from '../../deploy/temporal/dev-server.ts';
import { ensureTemporal } from '../../deploy/temporal/find.ts';

export interface TestTemporal {
  /** host:port, on loopback. */
  readonly address: string;
  /** Does nothing: the server is shared by all tests, and ends with this process. */
  readonly close: () => Promise<void>;
}

/** Failed attempts are what many tests are about: nobody wants to read of them. */
export const quietLogger = new DefaultLogger('ERROR');

/**
 * Keeps the SDK quiet; to be called before each worker or replay. The SDK ends its runtime with the last worker, and
 * a runtime without any keeps the process alive.
 */
export function installQuietRuntime(): void {
  try {
    Runtime.install({
      logger: quietLogger,
      telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
    });
  } catch (error) {
    // There is one already.
    if (!(error instanceof IllegalStateError)) throw error;
  }
}

const STARTUP_MS = 30_000;
let shared: Promise<TestTemporal> | undefined;

/** The shared server; the first call starts it. */
export function startTemporal(): Promise<TestTemporal> {
  shared ??= start();
  return shared;
}

async function start(): Promise<TestTemporal> {
  const { address } = await launchTemporal(await freePort());
  return { address, close: async () => {} };
}

/** A server of a test's own, that it can end and launch again on the same port. */
export interface LaunchedTemporal {
  /** host:port, on loopback. */
  readonly address: string;
  /** SIGKILL: the server gets no chance to tidy up. */
  readonly kill: () => Promise<void>;
  /** SIGSTOP, and SIGCONT after a while. */
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * @param database file that keeps what is in the server from one launch to the next; none = in memory.
 * @param settings of its dynamic config, as arguments; none = Temporal's own defaults.
 */
export async function launchTemporal(
  port: number,
  database?: string,
  settings: readonly string[] = devServerArguments,
): Promise<LaunchedTemporal> {
  const { path } = await ensureTemporal({
    env: process.env,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const address = `127.0.0.1:${port}`;
  // prettier-ignore
  const args = [
    'server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'never',
    ...settings,
    ...(database === undefined ? [] : ['--db-filename', database]),
  ];
  const server = spawn(path, args, { stdio: 'ignore', env: devServerEnvironment(process.env) });
  // Mocha ends when nothing is left to wait for; the server must not be such a thing.
  server.unref();
  const kill = (): boolean => server.kill('SIGKILL');
  process.once('exit', kill);
  await waitUntilServing(address);
  return {
    address,
    async kill() {
      const ended = once(server, 'exit');
      kill();
      await ended;
      process.off('exit', kill);
    },
    async pause(ms) {
      server.kill('SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, ms));
      server.kill('SIGCONT');
    },
  };
}

async function waitUntilServing(address: string): Promise<void> {
  const deadline = Date.now() + STARTUP_MS;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 2_000 });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
      return;
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(`The Temporal server at ${address} does not serve.`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** A port of loopback that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(address),
      );
    });
  });
}
