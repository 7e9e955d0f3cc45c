import { readFile } from 'node:fs/promises';
import type { TLSConfig } from '@temporalio/client';
import { wrongInput } from './cli-error.ts';

/**
 * TLS by Temporal's own variables, as the workers read them: `TEMPORAL_TLS`, `TEMPORAL_TLS_CLIENT_CERT_PATH` and
 * `TEMPORAL_TLS_CLIENT_KEY_PATH` (mTLS), `TEMPORAL_TLS_SERVER_CA_CERT_PATH`, `TEMPORAL_TLS_SERVER_NAME`. An API key or
 * any TLS file implies TLS; undefined = plain text. Throws `CliError` `WRONG_INPUT` for a file that cannot be read.
 */
export async function tlsOptions(env: NodeJS.ProcessEnv): Promise<TLSConfig | true | undefined> {
  if (env['TEMPORAL_TLS'] === 'false') return undefined;
  const read = async (name: string): Promise<Buffer | undefined> => {
    const path = env[name];
    if (path === undefined || path === '') return undefined;
    return readFile(path).catch(() => {
      throw wrongInput(`${name}=${path} cannot be read`);
    });
  };
  const crt = await read('TEMPORAL_TLS_CLIENT_CERT_PATH');
  const key = await read('TEMPORAL_TLS_CLIENT_KEY_PATH');
  if ((crt === undefined) !== (key === undefined)) {
    throw wrongInput(
      'TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH go together: give both or neither',
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
  return env['TEMPORAL_TLS'] === 'true' || env['TEMPORAL_API_KEY'] ? true : undefined;
}
