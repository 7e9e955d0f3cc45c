/** The Temporal CLI from Temporal's download service, the one the SDK's own test server comes from. */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { isFields } from '../../definitions/documents/fields.ts';
import { errorCode } from '../../definitions/documents/system-error.ts';
import { placeExecutable } from './place-executable.ts';
import { temporalVersion } from './version.ts';

const temporalDownloads = 'https://temporal.download';
const connectTimeoutMs = 15_000;
/** Longest silence of a download that has begun. */
const stallTimeoutMs = 30_000;

interface DownloadInfo {
  readonly archiveUrl: string;
  readonly fileToExtract: string;
}

/**
 * Downloads the pinned version to `path`; returns the version it reports. A proxy named in the environment is used.
 * Throws an `Error` saying why in one line; then nothing is left at `path`.
 */
export async function downloadTemporal(path: string, from: string = temporalDownloads): Promise<string> {
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: connectTimeoutMs },
    headersTimeout: stallTimeoutMs,
    bodyTimeout: stallTimeoutMs,
  });
  try {
    const get = async (url: string): Promise<Response> => {
      const response = await fetch(url, { dispatcher }).catch((error: unknown) => {
        throw new Error(`${new URL(url).origin} cannot be reached (${reasonOf(error)})`, { cause: error });
      });
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
      return response;
    };
    const query = new URLSearchParams({ arch: goArchitecture(), platform: goPlatform(), format: 'tar.gz' });
    const description: unknown = await (
      await get(`${from}/cli/v${temporalVersion}?${query.toString()}`)
    ).json();
    if (!isDownloadInfo(description))
      throw new Error(`${from} does not answer as Temporal's download service does`);
    const { archiveUrl, fileToExtract } = description;
    const archive = await get(archiveUrl);
    return await placeExecutable(path, async (temporary) => {
      const packed = `${temporary}.tar.gz`;
      await saveBody(archive, packed);
      await promisify(execFile)('tar', ['-xzf', packed, '-C', dirname(temporary), fileToExtract]);
      await rm(packed);
      await rename(join(dirname(temporary), fileToExtract), temporary);
    });
  } finally {
    await dispatcher.destroy();
  }
}

function isDownloadInfo(value: unknown): value is DownloadInfo {
  return (
    isFields(value) && typeof value['archiveUrl'] === 'string' && typeof value['fileToExtract'] === 'string'
  );
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
