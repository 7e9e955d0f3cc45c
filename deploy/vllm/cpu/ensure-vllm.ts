/** vLLM for the CPU and a tiny model, in the per-user cache: made once, by itself. For tests; far too slow for work. */
import { rename, rm } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exists } from '../../downloads/exists.ts';
import { withFileLock } from '../../stack/file-lock.ts';
import { cacheDirectory } from '../../downloads/cache-directory.ts';
import {
  digestOf,
  ensurePython,
  PythonSetupError,
  pythonStep,
  type SetupOptions,
} from '../../downloads/python-environment.ts';

const VERSION = '0.32.0';
/** What the packages take, with uv's own cache of them. */
const DISK_GIB = 14;
/** What the server takes with the tiny model. */
const MEMORY_GIB = 4;

const folder = fileURLToPath(new URL('.', import.meta.url));
const texts = ['base_prompt_input', 'prompt_variation_input', 'rubric', 'val_model_input'].map((name) =>
  join(folder, '..', '..', '..', 'model_input', `${name}.txt`),
);
/** Everything that `startVllm` needs. */
export interface VllmInstallation {
  /** Python of the environment that vLLM is installed in. */
  readonly python: string;
  /** Folder of the tiny model. */
  readonly model: string;
  /** Folder of adapters for it: `champion`, `challenger`, and `too-large` of rank 32. */
  readonly adapters: string;
}

/** This machine cannot have it; the message says what is missing and what would be right. */
export class VllmSetupError extends PythonSetupError {}

/**
 * Installs (two minutes and 6 GB, once) and makes the model, unless both are there. Two processes at once do it once.
 * @throws PythonSetupError
 */
export async function ensureVllm({ env, log }: SetupOptions): Promise<VllmInstallation> {
  const cache = join(cacheDirectory(env), 'vllm', VERSION);
  assertPlatform();
  return withFileLock(
    join(cache, 'lock'),
    async () => {
      const python = await ensurePython(
        {
          title: `vLLM ${VERSION} for the CPU`,
          folder: join(cache, 'venv'),
          requirements: join(folder, 'requirements.txt'),
          diskGib: DISK_GIB,
        },
        { env, log },
      );
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

/** Folder of the tiny model and its adapters. */
async function ensureModel(cache: string, python: string, log: (line: string) => void): Promise<string> {
  const script = join(folder, 'make_tiny_model.py');
  const model = join(cache, `tiny-${(await digestOf([script, ...texts])).slice(0, 12)}`);
  if (await exists(model)) return model;
  log('Making the tiny model: half a minute, once');
  const unfinished = `${model}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await pythonStep('make the tiny model', python, [script, unfinished, ...texts]);
  await rename(unfinished, model);
  return model;
}
