/** A connection to the Temporal server that the project's runs are on. */
import type { Client, Connection } from '@temporalio/client';
import { CliError, exitCodes, wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { withPrefix } from '../../definitions/model/task-queue-on-server.ts';
import { namespaceOf, taskQueuePrefixOf, temporalConnection } from '../../deploy/temporal/connection.ts';

export interface TemporalSession {
  readonly client: Client;
  readonly connection: Connection;
  readonly address: string;
  /** Temporal's web interface, where it is known. */
  readonly uiUrl: string | undefined;
  /** What a task queue of `configs/queues.yaml` is called on the server. */
  readonly taskQueue: (name: string) => string;
  /** The page of a run in the web interface. */
  runUrl(runId: string): string | undefined;
  close(): Promise<void>;
}

const connectTimeoutMs = 10_000;

/**
 * Connects to `TEMPORAL_ADDRESS` (with `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS…`), else to the
 * project's local stack. Throws `CliError` `NO_TEMPORAL` if neither is there.
 */
export async function openTemporal(cli: Cli): Promise<TemporalSession> {
  const { env } = cli.context;
  const { address, uiUrl } = await findServer(cli);
  const { Client, Connection } = await import('@temporalio/client');
  const options = await temporalConnection(env).catch((error: unknown) => {
    throw wrongInput(error instanceof Error ? error.message : String(error));
  });
  const connection = await Connection.connect({
    address,
    connectTimeout: connectTimeoutMs,
    ...options,
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(
      'NO_TEMPORAL',
      `Temporal at ${address} cannot be reached: ${reason}${adviseOnAddress(cli)}`,
      exitCodes.failed,
    );
  });
  const namespace = namespaceOf(env);
  const prefix = queuePrefix(cli);
  return {
    client: new Client({ connection, namespace }),
    connection,
    address,
    uiUrl,
    taskQueue: (name) => withPrefix(prefix, name),
    runUrl: (runId) => uiUrl && `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(runId)}`,
    close: () => connection.close(),
  };
}

/** Before the names of task queues on the server. Throws `CliError` `WRONG_INPUT` for one that cannot be. */
export function queuePrefix({ context: { env } }: Cli): string {
  try {
    return taskQueuePrefixOf(env);
  } catch (error) {
    throw wrongInput(error instanceof Error ? error.message : String(error));
  }
}

function adviseOnAddress({ context: { env } }: Cli): string {
  if (!env['TEMPORAL_ADDRESS']) return '';
  return '. Correct TEMPORAL_ADDRESS (host:port of its gRPC port, 7233 unless configured), or unset it for the local stack';
}

/** What to do where the server does not have the namespace. */
export function adviseOnNamespace({ context: { env } }: Cli): string {
  const missing = `The Temporal server has no namespace '${namespaceOf(env)}'`;
  return env['TEMPORAL_NAMESPACE']
    ? `${missing}: correct TEMPORAL_NAMESPACE, or unset it for 'default'`
    : `${missing}: TEMPORAL_NAMESPACE names another`;
}

async function findServer(cli: Cli): Promise<{ address: string; uiUrl: string | undefined }> {
  const given = cli.context.env['TEMPORAL_ADDRESS'];
  if (given) return { address: given, uiUrl: undefined };
  const { stackStatus } = await import('../../deploy/stack/stack-status.ts');
  const temporal = (await stackStatus(cli.root)).find(({ name }) => name === 'temporal');
  const address = temporal?.part?.address;
  if (temporal?.health === 'running' && address !== undefined)
    return { address, uiUrl: temporal.part?.uiUrl };
  throw noTemporal();
}

/** Nothing listens for this project; what listens at the usual port is somebody else's. */
export function noTemporal(): CliError {
  return new CliError(
    'NO_TEMPORAL',
    'No Temporal server is running for this project. `prose up` starts a local one; TEMPORAL_ADDRESS names another',
    exitCodes.failed,
  );
}
