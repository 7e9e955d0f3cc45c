/** The connection of a worker to its Temporal server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { temporalConnection } from '../deploy/temporal/connection.ts';

type Environment = { readonly [name: string]: string | undefined };

/** How long a server that does not answer is waited for. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 1_000;

/** Options for a server; else as `temporalConnection`. */
export async function connectionOptions(address: string, env: Environment): Promise<NativeConnectionOptions> {
  return { address, ...(await temporalConnection(env)) };
}

/**
 * Connects, waiting up to 60 s for a server that is not up yet.
 *
 * @param log told once that it waits.
 */
export async function connectPatiently(
  options: NativeConnectionOptions,
  log: (line: string) => void,
  patienceMs = PATIENCE_MS,
): Promise<NativeConnection> {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await NativeConnection.connect(options);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (Date.now() >= deadline) {
        throw new Error(`No Temporal server answers at ${options.address ?? ''}: ${reason}`, {
          cause: error,
        });
      }
      if (attempt === 1) log(`Waiting for the Temporal server at ${options.address ?? ''}`);
      await sleep(PAUSE_MS);
    }
  }
}
