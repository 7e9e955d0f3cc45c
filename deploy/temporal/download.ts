/** The Temporal CLI as Temporal has released it. */
import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { downloadFile } from '../downloads/download-file.ts';
import { placeExecutable } from './place-executable.ts';
import { temporalChecksums, temporalVersion } from './version.ts';

const releases = 'https://github.com/temporalio/cli/releases/download';

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
  return placeExecutable(path, async (temporary) => {
    const packed = `${temporary}.tar.gz`;
    await downloadFile(url, packed, checksum);
    await promisify(execFile)('tar', ['-xzf', packed, '-C', dirname(temporary), 'temporal']);
    await rm(packed);
    await rename(join(dirname(temporary), 'temporal'), temporary);
  });
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
