/** The Temporal CLI as Temporal has released it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { errorCode } from '../../definitions/documents/system-error.ts';
import { placeExecutable } from './place-executable.ts';
import { temporalChecksums, temporalVersion } from './version.ts';

const releases = 'https://github.com/temporalio/cli/releases/download';
const connectTimeoutMs = 15_000;
/** Longest silence of a download that has begun. */
const stallTimeoutMs = 30_000;

/**
 * Downloads the pinned version to `path`; returns the version it reports. A proxy named in the environment is used. Nothing
 * of an archive is run, or even unpacked, whose checksum is not the published one.
 * Throws an `Error` saying why in one line; then nothing is left at `path`.
 */
export async function downloadTemporal(
  path: string,
  from: string = releases,
  checksums: typeof temporalChecksums = temporalChecksums,
): Promise<string> {
  const target = `${goPlatform()}_${goArchitecture()}`;
  const checksum = checksums[target];
  if (checksum === undefined) throw new Error(`there is no download for ${target}`);
  const url = `${from}/v${temporalVersion}/temporal_cli_${temporalVersion}_${target}.tar.gz`;
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: connectTimeoutMs },
    headersTimeout: stallTimeoutMs,
    bodyTimeout: stallTimeoutMs,
  });
  try {
    const response = await fetch(url, { dispatcher }).catch((error: unknown) => {
      throw new Error(`${new URL(url).origin} cannot be reached (${reasonOf(error)})`, { cause: error });
    });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return await placeExecutable(path, async (temporary) => {
      const packed = `${temporary}.tar.gz`;
      await saveBody(response, packed);
      const found = await digestFile(packed);
      if (found !== checksum)
        throw new Error(`${url} has the checksum ${found}, not ${checksum} as it was published`);
      await promisify(execFile)('tar', ['-xzf', packed, '-C', dirname(temporary), 'temporal']);
      await rm(packed);
      await rename(join(dirname(temporary), 'temporal'), temporary);
    });
  } finally {
    await dispatcher.destroy();
  }
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function saveBody(response: Response, path: string): Promise<void> {
  if (response.body === null) throw new Error(`${response.url} has no content`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(path));
  const promised = response.headers.get('content-length');
  const { size } = await stat(path);
  if (promised !== null && Number(promised) !== size) {
    throw new Error(`${response.url} ended after ${size} of ${promised} bytes`);
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return errorCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
}

function goArchitecture(): string {
  if (process.arch === 'x64') return 'amd64';
  if (process.arch === 'arm64') return 'arm64';
  throw new Error(`there is no download for ${process.arch} processors`);
}

function goPlatform(): string {
  if (process.platform === 'linux' || process.platform === 'darwin') return process.platform;
  if (process.platform === 'win32') return 'windows';
  throw new Error(`there is no download for ${process.platform}`);
}
