/** How clients and workers reach a Temporal server: by Temporal's own environment variables. */
import { readFile } from 'node:fs/promises';
import type { TLSConfig } from '@temporalio/client';

type Environment = { readonly [name: string]: string | undefined };

/** What both a `Connection` and a `NativeConnection` take. */
export interface TemporalConnection {
  readonly tls?: TLSConfig | true;
  readonly apiKey?: string;
}

/** Temporal's `default` namespace, or the one that `TEMPORAL_NAMESPACE` names. */
export function namespaceOf(env: Environment): string {
  return env['TEMPORAL_NAMESPACE'] || 'default';
}

/** Throws if it would be no part of a task queue's name. */
export function taskQueuePrefixOf(env: Environment): string {
  const prefix = env['PROSE_TASK_QUEUE_PREFIX'] ?? '';
  if (/^[\w.-]{0,100}$/.test(prefix)) return prefix;
  throw new Error(
    `PROSE_TASK_QUEUE_PREFIX is up to 100 letters, digits, '.', '-' and '_', such as team-a-: not '${prefix}'.`,
  );
}

/**
 * `TEMPORAL_API_KEY`, `TEMPORAL_TLS` (`true` or `false`), `TEMPORAL_TLS_CLIENT_CERT_PATH` and
 * `TEMPORAL_TLS_CLIENT_KEY_PATH` (mTLS), `TEMPORAL_TLS_SERVER_CA_CERT_PATH`, `TEMPORAL_TLS_SERVER_NAME`. An API key or
 * any TLS file implies TLS. Rejects if a file cannot be read, or a certificate comes without its key or the reverse.
 */
export async function temporalConnection(env: Environment): Promise<TemporalConnection> {
  const apiKey = env['TEMPORAL_API_KEY'] || undefined;
  const tls = env['TEMPORAL_TLS'] === 'false' ? undefined : await tlsOf(env, apiKey !== undefined);
  return { ...(tls !== undefined && { tls }), ...(apiKey !== undefined && { apiKey }) };
}

async function tlsOf(env: Environment, hasApiKey: boolean): Promise<TLSConfig | true | undefined> {
  const read = async (name: string): Promise<Buffer | undefined> => {
    const path = env[name];
    if (!path) return undefined;
    return readFile(path).catch((error: unknown) => {
      throw new Error(`${name}=${path} cannot be read.`, { cause: error });
    });
  };
  const crt = await read('TEMPORAL_TLS_CLIENT_CERT_PATH');
  const key = await read('TEMPORAL_TLS_CLIENT_KEY_PATH');
  if ((crt === undefined) !== (key === undefined)) {
    throw new Error(
      'TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH go together: give both or neither.',
    );
  }
  const serverRootCACertificate = await read('TEMPORAL_TLS_SERVER_CA_CERT_PATH');
  const serverNameOverride = env['TEMPORAL_TLS_SERVER_NAME'] || undefined;
  const config: TLSConfig = {
    ...(crt !== undefined && key !== undefined && { clientCertPair: { crt, key } }),
    ...(serverRootCACertificate !== undefined && { serverRootCACertificate }),
    ...(serverNameOverride !== undefined && { serverNameOverride }),
  };
  if (Object.keys(config).length > 0) return config;
  return env['TEMPORAL_TLS'] === 'true' || hasApiKey ? true : undefined;
}
