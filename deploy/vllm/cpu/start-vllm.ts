/** Starts the real vLLM on the CPU, on loopback, and ends it by its process. For tests and benchmarks. */
import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess } from '../../stack/end-process.ts';
import { findFreePort } from '../../stack/ports.ts';
import { identifyProcess } from '../../stack/process-identity.ts';
import type { SetupOptions } from '../../downloads/python-environment.ts';
import { VllmSetupError } from './ensure-vllm.ts';
import type { VllmInstallation } from './ensure-vllm.ts';

/** The name it serves the tiny model by. */
export const TINY_MODEL = 'main';
/** Tokens of prompt and answer together: a validator's prompt takes half of it, in the tiny model's short tokens. */
const MAX_MODEL_LEN = 6144;
const START_LIMIT_MS = 1_200_000;
/** With requests in flight vLLM does not end by itself. */
const END_GRACE_MS = 15_000;

export interface Vllm {
  /** e.g. `http://127.0.0.1:40001`. */
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  /** Ends the server and whatever it started. */
  readonly close: () => Promise<void>;
}

export interface StartOptions extends SetupOptions {
  /** Tokens of prompt and answer together; prompts of so many are read in one step. Default 6144. */
  readonly maxModelLen?: number;
}

/**
 * Resolves when it answers: a minute or several, depending on the processor.
 * @param apiKey what it demands of requests below `/v1`.
 * @throws VllmSetupError with the end of its log, if it does not come up.
 */
export async function startVllm(
  { python, model }: VllmInstallation,
  apiKey: string,
  { env, log, maxModelLen = MAX_MODEL_LEN }: StartOptions,
): Promise<Vllm> {
  const port = await findFreePort(0);
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(dirname(model), `server-${port}.log`);
  const output = await open(logFile, 'w');
  const child = spawn(
    python,
    ['-m', 'vllm.entrypoints.openai.api_server', ...flags(model, port, maxModelLen)],
    {
      env: {
        ...env,
        VLLM_API_KEY: apiKey,
        VLLM_ALLOW_RUNTIME_LORA_UPDATING: '1',
        VLLM_CPU_KVCACHE_SPACE: '1',
        VLLM_NO_USAGE_STATS: '1',
        HF_HUB_OFFLINE: '1',
        CUDA_VISIBLE_DEVICES: '',
      },
      // A group of its own: vLLM's engine is another process.
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
    },
  );
  await output.close();
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (identity === undefined) throw new VllmSetupError(`Could not start ${python}.`);
  const killGroup = (): void => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-identity.pid, 'SIGKILL');
  };
  process.once('exit', killGroup);
  const close = async (): Promise<void> => {
    await endProcess(identity, END_GRACE_MS);
    process.off('exit', killGroup);
  };
  log(`Starting vLLM on ${url}: a minute or several (log: ${logFile})`);
  const startedAt = performance.now();
  while (!(await isHealthy(url))) {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (isOver || performance.now() - startedAt > START_LIMIT_MS) {
      await close();
      const tail = (await readFile(logFile, 'utf8')).slice(-3000);
      throw new VllmSetupError(`vLLM did not come up${isOver ? '' : ` in ${START_LIMIT_MS} ms`}:\n${tail}`);
    }
    await sleep(500);
  }
  log(`  vLLM answers after ${Math.round((performance.now() - startedAt) / 1000)} s`);
  return { url, pid: identity.pid, logFile, close };
}

function flags(model: string, port: number, maxModelLen: number): string[] {
  return [
    ['--model', model],
    ['--served-model-name', TINY_MODEL],
    ['--host', '127.0.0.1'],
    ['--port', String(port)],
    ['--dtype', 'float32'],
    ['--max-model-len', String(maxModelLen)],
    // A seeded request whose prompt is read in two steps ends vLLM 0.32 on a CPU ("CPU Generator does not use offset").
    ['--no-enable-chunked-prefill', '--max-num-batched-tokens', String(Math.ceil((maxModelLen * 4) / 3))],
    // Compiling takes longer than all the tests.
    ['--enforce-eager'],
    // Where adapters fill all places, vLLM 0.32 on a processor answers with the last of them for the model itself, too.
    ['--enable-lora', '--max-lora-rank', '16', '--max-loras', '8', '--max-cpu-loras', '8'],
    ['--enable-server-load-tracking'],
  ].flat();
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    (response) => response.ok,
    () => false,
  );
}
