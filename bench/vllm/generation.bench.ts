/**
 * How much of what the real vLLM can generate does the generation stage get out of it? The stage that answers prompts
 * (Parquet to Parquet, everything on) against vLLM's own load generator at its best concurrency, on the same server in
 * turn, with answers of the same length. Needs what `npm run test:vllm` needs.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureVllm } from '../../deploy/vllm/cpu/ensure-vllm.ts';
import type { VllmInstallation } from '../../deploy/vllm/cpu/ensure-vllm.ts';
import { startVllm, TINY_MODEL } from '../../deploy/vllm/cpu/start-vllm.ts';
import { printFigure, printProgress, spread } from '../figure.ts';
import { runGenerationStage } from './generation-stage.ts';

const repetitions = Number(process.env['PROSE_BENCH_REPETITIONS'] ?? 5);
const requests = Number(process.env['PROSE_BENCH_REQUESTS'] ?? 1024);
const outputTokens = 32;
const concurrencies = [32, 64, 128];
const apiKey = 'sk-bench-0123456789';

/** `vllm bench serve`, which itself looks for a package named vllm and does not find the CPU build's. */
const BENCH_SERVE = `
from vllm.benchmarks.serve import add_cli_args, main
from vllm.utils.argparse_utils import FlexibleArgumentParser
parser = FlexibleArgumentParser()
add_cli_args(parser)
main(parser.parse_args())`;

interface LoadGenerator {
  readonly installation: VllmInstallation;
  readonly url: string;
  readonly promptTokens: number;
}

/** Tokens per second that `vllm bench serve` measures. */
async function benchServe(
  { installation, url, promptTokens }: LoadGenerator,
  concurrency: number,
  seed: number,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'vllm-bench-'));
  const flags = {
    backend: 'openai-chat',
    'base-url': url,
    endpoint: '/v1/chat/completions',
    model: TINY_MODEL,
    tokenizer: installation.model,
    'dataset-name': 'random',
    'random-input-len': promptTokens,
    'random-output-len': outputTokens,
    'num-prompts': requests,
    'max-concurrency': concurrency,
    temperature: 0.7,
    seed,
    'result-dir': folder,
    'result-filename': 'result.json',
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const command = ['-c', BENCH_SERVE, '--ignore-eos', '--save-result'];
  const env = { ...process.env, OPENAI_API_KEY: apiKey, HF_HUB_OFFLINE: '1', CUDA_VISIBLE_DEVICES: '' };
  try {
    await promisify(execFile)(installation.python, [...command, ...args], { env, maxBuffer: 2 ** 26 });
    const result = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')) as {
      completed: number;
      output_throughput: number;
    };
    if (result.completed !== requests)
      throw new Error(`Only ${result.completed} of ${requests} were answered.`);
    return result.output_throughput;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const setup = { env: process.env, log: printProgress };
const installation = await ensureVllm(setup);
const vllm = await startVllm(installation, apiKey, setup);
try {
  const stage = { endpoint: `${vllm.url}/v1`, model: TINY_MODEL, apiKey, prompts: requests, outputTokens };
  const { promptTokens } = await runGenerationStage(stage, 0);
  const generator = { installation, url: vllm.url, promptTokens };
  const rates: (readonly [number, number])[] = [];
  for (const concurrency of concurrencies) {
    const rate = await benchServe(generator, concurrency, 0);
    printProgress(`vllm bench serve at ${concurrency} in flight: ${rate.toFixed(1)} tokens/s`);
    rates.push([rate, concurrency]);
  }
  const best = rates.toSorted(([one], [other]) => other - one)[0]?.[1] ?? 64;
  const ratios: number[] = [];
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    // In turn first, so that neither always meets the other's leftovers.
    const own = async (): Promise<number> => (await runGenerationStage(stage, repetition)).tokensPerSecond;
    const early = repetition % 2 === 0 ? await own() : undefined;
    const theirs = await benchServe(generator, best, repetition);
    const ours = early ?? (await own());
    ratios.push(ours / theirs);
    printProgress(`stage ${ours.toFixed(1)}, vllm bench serve ${theirs.toFixed(1)} tokens/s`);
  }
  const runs = spread(ratios);
  printFigure({
    area: 'vllm',
    name: "generation stage's tokens per second on the real vLLM",
    value: runs[1],
    unit: 'ratio of throughputs',
    against: `vllm bench serve with ${best} in flight`,
    bar: 0.95,
    better: 'higher',
    runs,
  });
} finally {
  await vllm.close();
}
