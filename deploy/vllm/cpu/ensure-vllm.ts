/** vLLM for the CPU and a tiny model, in the per-user cache: made once, by itself. For tests; far too slow for work. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { exists } from '../../downloads/exists.ts';
import { withFileLock } from '../../stack/file-lock.ts';
import { cacheDirectory } from '../../downloads/cache-directory.ts';

const VERSION = '0.32.0';
const UV = 'uv==0.13.9';
/** What the packages take, with uv's own cache of them. */
const DISK_GIB = 14;
/** What the server takes with the tiny model. */
const MEMORY_GIB = 4;

const folder = fileURLToPath(new URL('.', import.meta.url));
const texts = ['base_prompt_input', 'prompt_variation_input', 'rubric', 'val_model_input'].map((name) =>
  join(folder, '..', '..', '..', 'model_input', `${name}.txt`),
);
const run = promisify(execFile);

/** Everything that `startVllm` needs. */
export interface VllmInstallation {
  /** Python of the environment that vLLM is installed in. */
  readonly python: string;
  /** Folder of the tiny model. */
  readonly model: string;
  /** Folder of adapters for it: `champion`, `challenger`, and `too-large` of rank 32. */
  readonly adapters: string;
}

export interface EnsureVllmOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Receives lines for a person who waits. */
  readonly log: (line: string) => void;
}

/** This machine cannot have it; the message says what is missing and what would be right. */
export class VllmSetupError extends Error {
  override readonly name = 'VllmSetupError';
}

/**
 * Installs (two minutes and 6 GB, once) and makes the model, unless both are there. Two processes at once do it once.
 * @throws VllmSetupError
 */
export async function ensureVllm({ env, log }: EnsureVllmOptions): Promise<VllmInstallation> {
  const cache = join(cacheDirectory(env), 'vllm', VERSION);
  assertPlatform();
  return withFileLock(
    join(cache, 'lock'),
    async () => {
      const python = await ensurePackages(cache, { env, log });
      const tiny = await ensureModel(cache, python, log);
      return { python, model: join(tiny, 'model'), adapters: join(tiny, 'adapters') };
    },
    (pid) => log(`Waiting for process ${pid}, which is installing vLLM`),
  );
}

function assertPlatform(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new VllmSetupError(
      `vLLM for the CPU is set up on Linux on x86-64 only; this is ${process.platform} on ${process.arch}.`,
    );
  }
  const free = freemem() / 2 ** 30;
  if (free < MEMORY_GIB) {
    const have = `${free.toFixed(1)} GiB of memory are free`;
    throw new VllmSetupError(`${have}; vLLM with the tiny model needs ${MEMORY_GIB} GiB.`);
  }
}

/** Python of the environment. It is whole if it bears the digest of what was to be installed. */
async function ensurePackages(cache: string, { env, log }: EnsureVllmOptions): Promise<string> {
  const requirements = join(folder, 'requirements.txt');
  const wanted = await digestOf([requirements]);
  const environment = join(cache, 'venv');
  const mark = join(environment, 'installed');
  const python = join(environment, 'bin', 'python');
  if ((await readFile(mark, 'utf8').catch(() => '')) === wanted) return python;

  const base = await findPython(env);
  await rm(environment, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  const { bavail, bsize } = await statfs(cache);
  const free = (bavail * bsize) / 2 ** 30;
  if (free < DISK_GIB) {
    throw new VllmSetupError(`${cache} has ${free.toFixed(1)} GiB left; vLLM needs ${DISK_GIB} GiB.`);
  }
  log(`Installing vLLM ${VERSION} for the CPU into ${environment}: about 2 minutes and 6 GB, once`);
  await step('make a Python environment', base, ['-m', 'venv', environment]);
  const uv = (await isThere('uv', env)) ? 'uv' : await installUv(environment, python);
  const args = ['pip', 'install', '--quiet', '--python', python, '--no-deps', '-r', requirements];
  await step('install the packages', uv, args);
  await writeFile(mark, wanted);
  return python;
}

async function installUv(environment: string, python: string): Promise<string> {
  await step('install uv', python, ['-m', 'pip', 'install', '--quiet', UV]);
  return join(environment, 'bin', 'uv');
}

/** A Python that the packages are made for, with `venv`: named by `PROSE_PYTHON`, else on PATH. */
async function findPython(env: NodeJS.ProcessEnv): Promise<string> {
  const candidates = env['PROSE_PYTHON'] ? [env['PROSE_PYTHON']] : ['python3.11', 'python3'];
  const question = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
  const found: string[] = [];
  for (const candidate of candidates) {
    const version = await run(candidate, ['-c', question], { env }).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
    if (version === '3.11') return candidate;
    found.push(`${candidate}: ${version ?? 'not there, or without venv'}`);
  }
  throw new VllmSetupError(
    `vLLM for the CPU is set up with Python 3.11 with venv (${found.join('; ')}). Install it, or let PROSE_PYTHON name it.`,
  );
}

/** Folder of the tiny model and its adapters. */
async function ensureModel(cache: string, python: string, log: (line: string) => void): Promise<string> {
  const script = join(folder, 'make_tiny_model.py');
  const model = join(cache, `tiny-${(await digestOf([script, ...texts])).slice(0, 12)}`);
  if (await exists(model)) return model;
  log('Making the tiny model: half a minute, once');
  const unfinished = `${model}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await step('make the tiny model', python, [script, unfinished, ...texts]);
  await rename(unfinished, model);
  return model;
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(await readFile(path));
  return hash.digest('hex');
}

async function step(what: string, command: string, args: readonly string[]): Promise<void> {
  try {
    await run(command, args, { maxBuffer: 2 ** 26 });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new VllmSetupError(`Could not ${what}: ${said.slice(-2000)}`);
  }
}

function isThere(command: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return run(command, ['--version'], { env }).then(
    () => true,
    () => false,
  );
}
