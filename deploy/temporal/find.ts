/** Finds the Temporal CLI, or gets it: what the user has comes first, then the download, then a build from source. */
import { access, constants, mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { exists } from '../downloads/exists.ts';
import { cacheDirectory as ownCacheDirectory } from '../downloads/cache-directory.ts';
import { withFileLock } from '../stack/file-lock.ts';
import { buildTemporal } from './build.ts';
import { downloadTemporal } from './download.ts';
import { inspectExecutable } from './inspect-executable.ts';
import { TemporalNotFoundError, type FailedWay } from './temporal-not-found-error.ts';
import { temporalVersion } from './version.ts';

type TemporalSource = 'environment' | 'cache' | 'path' | 'download' | 'build';

export interface TemporalExecutable {
  readonly path: string;
  /** As the executable reports it. */
  readonly version: string;
  readonly source: TemporalSource;
}

export interface FindTemporalOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the per-user cache. Default: `$XDG_CACHE_HOME/prose`, else `~/.cache/prose`. */
  readonly cacheDirectory?: string;
  /** Receives lines for a person who waits. */
  readonly log: (line: string) => void;
}

/** Ways of getting what is not there yet; replaced in tests. */
export interface TemporalMakers {
  readonly download: (path: string) => Promise<string>;
  readonly build: typeof buildTemporal;
}

const variables = ['TEMPORAL_CLI_PATH', 'PROSE_TEMPORAL_BINARY'] as const;
const installRemedy =
  'install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal --version` works';

/** Where the per-user cache keeps the pinned version. */
export function cachedTemporalPath({
  env,
  cacheDirectory,
}: Pick<FindTemporalOptions, 'env' | 'cacheDirectory'>): string {
  return join(
    cacheDirectory ?? ownCacheDirectory(env),
    'temporal',
    temporalVersion,
    process.platform === 'win32' ? 'temporal.exe' : 'temporal',
  );
}

/**
 * What is already on this machine: named by `TEMPORAL_CLI_PATH` (or `PROSE_TEMPORAL_BINARY`), in the cache, or on
 * PATH, in this order; else why not. Starts no download. Throws `TemporalNotFoundError` if a variable names
 * something that does not work: falling back would hide the mistake.
 */
export async function findTemporal(
  options: Omit<FindTemporalOptions, 'log'>,
): Promise<TemporalExecutable | readonly FailedWay[]> {
  const { env } = options;
  for (const variable of variables) {
    const path = env[variable];
    if (path === undefined || path === '') continue;
    const found = await inspect(path, 'environment', `${variable}=${path}`);
    if ('path' in found) return found;
    throw new TemporalNotFoundError([
      { ...found, remedy: `unset ${variable}, or let it name a Temporal CLI` },
    ]);
  }
  const failed: FailedWay[] = [];
  for (const [path, source, way] of [
    [cachedTemporalPath(options), 'cache', 'in the cache'] as const,
    ...onPath(env).map((candidate) => [candidate, 'path', 'on PATH'] as const),
  ]) {
    if (!(await exists(path))) {
      if (source === 'cache') failed.push({ way, reason: `there is no ${path}` });
      continue;
    }
    const found = await inspect(path, source, way);
    if ('path' in found) return found;
    failed.push(found);
  }
  if (!failed.some(({ way }) => way === 'on PATH')) {
    failed.push({ way: 'on PATH', reason: 'there is no `temporal`', remedy: installRemedy });
  }
  return failed;
}

/**
 * The Temporal CLI: `findTemporal`, else downloaded, else built from source into the cache.
 * Two processes that need it at once make it once. Throws `TemporalNotFoundError` listing every way tried.
 */
export async function ensureTemporal(
  options: FindTemporalOptions,
  makers: TemporalMakers = { download: downloadTemporal, build: buildTemporal },
): Promise<TemporalExecutable> {
  const found = await findTemporal(options);
  if ('path' in found) return found;
  const { env, log } = options;
  const path = cachedTemporalPath(options);
  const folder = dirname(path);
  await mkdir(folder, { recursive: true })
    .then(() => access(folder, constants.W_OK))
    .catch((error: unknown) => {
      const remedy = 'let XDG_CACHE_HOME name a folder that may be written';
      const reason = `${folder} cannot be written: ${messageOf(error)}`;
      throw new TemporalNotFoundError([...found, { way: 'into the cache', reason, remedy }]);
    });
  return withFileLock(
    `${path}.lock`,
    async () => {
      const foundSince = await findTemporal(options);
      if ('path' in foundSince) return foundSince;
      const failed = [...foundSince];
      log(`Downloading the Temporal CLI ${temporalVersion}`);
      try {
        return { path, version: await makers.download(path), source: 'download' };
      } catch (error) {
        const reason = messageOf(error);
        log(`  no download: ${reason}`);
        failed.push({
          way: 'download',
          reason,
          remedy: 'with a network that reaches https://github.com, try again',
        });
      }
      try {
        return {
          path,
          version: await makers.build(path, { env, log, logFile: `${path}.build.log` }),
          source: 'build',
        };
      } catch (error) {
        failed.push({
          way: 'build from source',
          reason: messageOf(error),
          remedy: 'install Go (https://go.dev/dl, or your package manager) and try again',
        });
      }
      throw new TemporalNotFoundError(failed);
    },
    (pid) => log(`Waiting for process ${pid}, which is getting the Temporal CLI`),
  );
}

async function inspect(
  path: string,
  source: TemporalSource,
  way: string,
): Promise<TemporalExecutable | FailedWay> {
  try {
    return { path, version: await inspectExecutable(path), source };
  } catch (error) {
    return { way, reason: messageOf(error), ...(source === 'path' && { remedy: installRemedy }) };
  }
}

function onPath(env: NodeJS.ProcessEnv): string[] {
  const name = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
