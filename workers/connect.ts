/** The connection of a worker to its Temporal server. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';

type Environment = { readonly [name: string]: string | undefined };

const DEFAULT_ADDRESS = '127.0.0.1:7233';
/** How long a server that does not answer is waited for. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 1_000;

/** Temporal's `default` namespace, or the one that `TEMPORAL_NAMESPACE` names. */
export function namespaceOf(env: Environment): string {
  return env['TEMPORAL_NAMESPACE'] || 'default';
}

/**
 * Connection options by Temporal's own variables: `TEMPORAL_ADDRESS` (default 127.0.0.1:7233), `TEMPORAL_API_KEY`,
 * `TEMPORAL_TLS`, `TEMPORAL_TLS_CLIENT_CERT_PATH` and `TEMPORAL_TLS_CLIENT_KEY_PATH` (mTLS),
 * `TEMPORAL_TLS_SERVER_CA_CERT_PATH`, `TEMPORAL_TLS_SERVER_NAME`. An API key or any TLS file implies TLS.
 * Rejects if a file cannot be read, or if there is a certificate without its key or the other way round.
 */
export async function connectionOptions(env: Environment): Promise<NativeConnectionOptions> {
  const apiKey = env['TEMPORAL_API_KEY'] || undefined;
  const tls = await tlsOptions(env, apiKey !== undefined);
  return {
    address: env['TEMPORAL_ADDRESS'] || DEFAULT_ADDRESS,
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}

async function tlsOptions(env: Environment, hasApiKey: boolean): Promise<NativeConnectionOptions['tls']> {
  const read = async (name: string): Promise<Buffer | undefined> => {
    const path = env[name];
    return path ? readFile(path) : undefined;
  };
  const crt = await read('TEMPORAL_TLS_CLIENT_CERT_PATH');
  const key = await read('TEMPORAL_TLS_CLIENT_KEY_PATH');
  const serverRootCACertificate = await read('TEMPORAL_TLS_SERVER_CA_CERT_PATH');
  const serverNameOverride = env['TEMPORAL_TLS_SERVER_NAME'] || undefined;
  if ((crt === undefined) !== (key === undefined)) {
    throw new Error(
      'TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH must both be given, or neither.',
    );
  }
  if (env['TEMPORAL_TLS'] === 'false') return undefined;
  const options = {
    ...(crt === undefined || key === undefined ? {} : { clientCertPair: { crt, key } }),
    ...(serverRootCACertificate === undefined ? {} : { serverRootCACertificate }),
    ...(serverNameOverride === undefined ? {} : { serverNameOverride }),
  };
  if (Object.keys(options).length > 0) return options;
  return env['TEMPORAL_TLS'] === 'true' || hasApiKey ? true : undefined;
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
