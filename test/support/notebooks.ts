/** Runs the notebooks with a real kernel, in a Python environment of their own that is made once per user. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../workers/workflow-bundle.ts';
import { ensurePythonEnvironment } from './python.ts';

const run = promisify(execFile);
const folder = join(packageRoot, 'notebooks');

/** Whether this machine has a Python that can make environments. */
export async function hasPython(): Promise<boolean> {
  return run('python3', ['-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)']).then(
    () => true,
    () => false,
  );
}

/** Path of the program that executes notebooks. The first call installs what notebooks/requirements.txt names. */
export async function ensureJupyter(): Promise<string> {
  return join(
    await ensurePythonEnvironment('notebooks', join(folder, 'requirements.txt')),
    'jupyter-execute',
  );
}

/**
 * Runs a notebook from top to bottom over the data of a project, and returns it with its outputs.
 * Throws with the failing cell and Python's error.
 */
export async function executeNotebook(
  jupyter: string,
  name: string,
  { root, runId }: { readonly root: string; readonly runId: string },
): Promise<{ readonly cells: readonly NotebookCell[] }> {
  const output = join(root, name);
  const args = ['--timeout=300', `--output=${output}`, join(folder, name)];
  await run(jupyter, args, { cwd: folder, env: { ...process.env, PROSE_ROOT: root, PROSE_RUN: runId } });
  return JSON.parse(readFileSync(output, 'utf8'));
}

interface NotebookCell {
  readonly cell_type: 'markdown' | 'code';
  /** What a code cell gave; `data` by MIME type. */
  readonly outputs?: readonly { readonly data?: { readonly [type: string]: unknown } }[];
}
