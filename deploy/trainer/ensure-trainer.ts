/** The environment that adapters are trained in, and plain folders of known models, in the per-user cache. */
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../downloads/cache-directory.ts';
import { exists } from '../downloads/exists.ts';
import {
  ensurePython,
  isInstalled,
  pythonOf,
  pythonStep,
  type PythonEnvironment,
  type SetupOptions,
} from '../downloads/python-environment.ts';
import { getModel } from '../local-model/get-model.ts';
import { withFileLock } from '../stack/file-lock.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

function environmentIn(env: NodeJS.ProcessEnv): PythonEnvironment {
  return {
    title: 'the trainer (TRL with PEFT)',
    folder: join(cacheDirectory(env), 'trainer', 'venv'),
    requirements: join(here, 'requirements.txt'),
    diskGib: 8,
  };
}

/** Python that adapters are trained by: what `PROSE_TRAINER_PYTHON` names, else that of the pinned environment. */
export function trainerPython(env: NodeJS.ProcessEnv): string {
  return env['PROSE_TRAINER_PYTHON'] || pythonOf(environmentIn(env));
}

/** Whether adapters can be trained here as it is. */
export async function hasTrainer(env: NodeJS.ProcessEnv): Promise<boolean> {
  return env['PROSE_TRAINER_PYTHON'] ? exists(env['PROSE_TRAINER_PYTHON']) : isInstalled(environmentIn(env));
}

/**
 * Python of the environment, which is installed unless it is there. Two processes at once do it once.
 * @throws PythonSetupError
 */
export async function ensureTrainer({ env, log }: SetupOptions): Promise<string> {
  if (env['PROSE_TRAINER_PYTHON']) return env['PROSE_TRAINER_PYTHON'];
  const environment = environmentIn(env);
  return withFileLock(
    join(dirname(environment.folder), 'lock'),
    () => ensurePython(environment, { env, log }),
    (pid) => log(`Waiting for process ${pid}, which is installing the trainer`),
  );
}

/**
 * Folder of a known model's weights as vLLM and TRL read them, made of its GGUF file: float32, four times as large.
 * @throws PythonSetupError, LocalModelError
 */
export async function ensurePlainModel(
  name: string,
  python: string,
  { env, log }: SetupOptions,
): Promise<string> {
  const { path } = await getModel(name, { env, cwd: process.cwd(), log });
  const folder = join(cacheDirectory(env), 'trainer', 'models', `${name}-${basename(dirname(path))}`);
  return withFileLock(
    `${folder}.lock`,
    async () => {
      if (await exists(folder)) return folder;
      log(`Making a plain model of ${basename(path)}: a minute, once`);
      const unfinished = `${folder}.unfinished`;
      await rm(unfinished, { recursive: true, force: true });
      await pythonStep('make a plain model', python, [join(here, 'dequantize.py'), path, unfinished]);
      await rename(unfinished, folder);
      return folder;
    },
    (pid) => log(`Waiting for process ${pid}, which is making the model`),
  );
}
