/** Gets llama.cpp for Node: installed by npm into the person's cache when a local model is first asked for. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { arch, platform } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseFields } from '../../definitions/documents/json-text.ts';
import { exists } from '../downloads/exists.ts';
import { cacheDirectory } from '../downloads/cache-directory.ts';
import { withFileLock } from '../stack/file-lock.ts';
import { LocalModelError } from './local-model-error.ts';

const PACKAGE = 'node-llama-cpp';
const INSTALL_TIMEOUT_MS = 600_000;
const pinned = fileURLToPath(new URL('runtime/', import.meta.url));

/** The package with llama.cpp compiled for this machine's processor; of the GPU kinds none, which are hundreds of megabytes. */
const compiled: { readonly [machine: string]: string } = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

/**
 * Path of the module to import. The first time it is installed, some 80 MB, by the lock file of `runtime/`, without running a
 * script of any package. Throws `LocalModelError` `NO_RUNTIME`.
 */
export async function getRuntime({
  env,
  log,
}: {
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}): Promise<string> {
  const version = await pinnedVersion();
  const folder = join(cacheDirectory(env), PACKAGE, version);
  const entry = join(folder, 'node_modules', PACKAGE, 'dist', 'index.js');
  if (await exists(entry)) return entry;
  return withFileLock(
    `${folder}.lock`,
    async () => {
      if (!(await exists(entry))) await install(folder, version, { env, log });
      return entry;
    },
    (pid) => log(`Waiting for process ${pid}, which is installing ${PACKAGE}`),
  );
}

async function install(
  folder: string,
  version: string,
  { env, log }: { readonly env: NodeJS.ProcessEnv; readonly log: (line: string) => void },
): Promise<void> {
  const machine = compiled[`${platform}-${arch}`];
  if (machine === undefined)
    throw new LocalModelError('NO_RUNTIME', `${PACKAGE} is not compiled for ${platform} on ${arch}`);
  log(`Installing ${PACKAGE} ${version} (about 80 MB)`);
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(join(dirname(folder), '.installing-'));
  const npm = (...args: string[]): Promise<unknown> =>
    promisify(execFile)('npm', [...args, '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: temporary,
      env,
      timeout: INSTALL_TIMEOUT_MS,
      shell: platform === 'win32',
    });
  try {
    for (const name of ['package.json', 'package-lock.json'])
      await copyFile(join(pinned, name), join(temporary, name));
    await npm('ci');
    // Of the compiled ones this machine's alone.
    await npm('install', '--no-save', `@${PACKAGE}/${machine}@${version}`);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new LocalModelError('NO_RUNTIME', `${PACKAGE} cannot be installed: ${reason.trim()}`);
  }
}

async function pinnedVersion(): Promise<string> {
  const dependencies = parseFields(await readFile(join(pinned, 'package.json'), 'utf8'))?.['dependencies'];
  return (dependencies as { readonly [name: string]: string })[PACKAGE] ?? '';
}
