/** Files from the web, whose content is known beforehand. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { errorCode } from '../../definitions/documents/system-error.ts';

const connectTimeoutMs = 15_000;
/** Longest silence of a download that has begun. */
const stallTimeoutMs = 30_000;

/**
 * Saves what is at `url` as `path`, a place of its own: whoever calls it moves what is whole. A proxy named in the environment
 * is used.
 * Throws an `Error` saying why in one line, also where the content is not that of the checksum.
 *
 * @param sha256 of the content, in hex.
 * @param onProgress is told the share, 0 to 1, as it grows by at least a tenth.
 */
export async function downloadFile(
  url: string,
  path: string,
  sha256: string,
  onProgress: (share: number) => void = () => {},
): Promise<void> {
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
    await saveBody(response, path, onProgress);
    const found = await digestFile(path);
    if (found !== sha256)
      throw new Error(`${url} has the checksum ${found}, not ${sha256} as it was published`);
  } finally {
    await dispatcher.destroy();
  }
}

/** sha256 (hex) of a file's content. */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function saveBody(
  response: Response,
  path: string,
  onProgress: (share: number) => void,
): Promise<void> {
  if (response.body === null) throw new Error(`${response.url} has no content`);
  const promised = Number(response.headers.get('content-length') ?? NaN);
  let [received, told] = [0, 0];
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received / promised >= told + 0.1) onProgress((told = received / promised));
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), counter, createWriteStream(path));
  const { size } = await stat(path);
  if (!Number.isNaN(promised) && promised !== size)
    throw new Error(`${response.url} ended after ${size} of ${promised} bytes`);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return errorCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
}
