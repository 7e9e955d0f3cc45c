/** Python environments of pinned packages in the per-user cache: made once, by themselves. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const UV = 'uv==0.13.9';
const run = promisify(execFile);

/** This machine cannot have the environment; the message says what is missing and what would be right. */
export class PythonSetupError extends Error {
  override readonly name = 'PythonSetupError';
}

export interface PythonEnvironment {
  /** In messages, such as `vLLM 0.32.0 for the CPU`. */
  readonly title: string;
  /** Folder of the environment. */
  readonly folder: string;
  /** File of pinned packages, all of them named: nothing else is installed. */
  readonly requirements: string;
  /** What must be free on the disk, uv's own cache included. */
  readonly diskGib: number;
}

export interface SetupOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Receives lines for a person who waits. */
  readonly log: (line: string) => void;
}

/** Python of an environment, whether it is there or not. */
export function pythonOf({ folder }: Pick<PythonEnvironment, 'folder'>): string {
  return join(folder, 'bin', 'python');
}

/** Whether the environment is whole and of these very requirements. */
export async function isInstalled({
  folder,
  requirements,
}: Pick<PythonEnvironment, 'folder' | 'requirements'>): Promise<boolean> {
  return (await readFile(markOf(folder), 'utf8').catch(() => '')) === (await digestOf([requirements]));
}

/**
 * Python of the environment, which is made unless it is there. Whoever calls it holds a lock.
 * @throws PythonSetupError
 */
export async function ensurePython(
  environment: PythonEnvironment,
  { env, log }: SetupOptions,
): Promise<string> {
  const { title, folder, requirements, diskGib } = environment;
  const python = pythonOf(environment);
  if (await isInstalled(environment)) return python;
  const base = await findPython(title, env);
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  const { bavail, bsize } = await statfs(dirname(folder));
  const free = (bavail * bsize) / 2 ** 30;
  if (free < diskGib)
    throw new PythonSetupError(`${folder} has ${free.toFixed(1)} GiB left; ${title} needs ${diskGib} GiB.`);
  log(`Installing ${title} into ${folder}: minutes, and up to ${diskGib} GiB, once`);
  await pythonStep('make a Python environment', base, ['-m', 'venv', folder]);
  const uv = (await isThere('uv', env)) ? 'uv' : await installUv(folder, python);
  const args = ['pip', 'install', '--quiet', '--python', python, '--no-deps', '-r', requirements];
  await pythonStep('install the packages', uv, args);
  await writeFile(markOf(folder), await digestOf([requirements]));
  return python;
}

/** Runs a program to its end. @throws PythonSetupError that says what it was for and the end of what it said */
export async function pythonStep(what: string, command: string, args: readonly string[]): Promise<void> {
  try {
    await run(command, args, { maxBuffer: 2 ** 26 });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new PythonSetupError(`Could not ${what}: ${said.slice(-2000)}`);
  }
}

/** sha256 (hex) of files, one after the other. */
export async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(await readFile(path));
  return hash.digest('hex');
}

function markOf(folder: string): string {
  return join(folder, 'installed');
}

async function installUv(environment: string, python: string): Promise<string> {
  await pythonStep('install uv', python, ['-m', 'pip', 'install', '--quiet', UV]);
  return join(environment, 'bin', 'uv');
}

/** A Python that the packages are made for, with `venv`: named by `PROSE_PYTHON`, else on PATH. */
async function findPython(title: string, env: NodeJS.ProcessEnv): Promise<string> {
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
  throw new PythonSetupError(
    `${title} is set up with Python 3.11 with venv (${found.join('; ')}). Install it, or let PROSE_PYTHON name it.`,
  );
}

function isThere(command: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return run(command, ['--version'], { env }).then(
    () => true,
    () => false,
  );
}
