/** `vllm bench serve` as one process for many runs: its start takes longer than a run. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { VllmInstallation } from '../../deploy/vllm/cpu/ensure-vllm.ts';
import type { RunRate } from './generation-stage.ts';

/**
 * Reads the arguments of each run as a line of JSON and says `done` after it. Called as a module: the command itself looks
 * for a package named vllm and does not find the CPU build's.
 */
const LOOP = `
import json, sys
from vllm.benchmarks.serve import add_cli_args, main
from vllm.utils.argparse_utils import FlexibleArgumentParser
parser = FlexibleArgumentParser()
add_cli_args(parser)
said, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    main(parser.parse_args(json.loads(line)))
    print("done", file=said, flush=True)`;

/** What is asked, in which all of its requests are alike. */
interface Requests {
  /** Base URL without `/v1`. */
  readonly url: string;
  readonly model: string;
  readonly apiKey: string;
  readonly outputTokens: number;
  readonly temperature: number;
  readonly topP: number;
}

interface BenchServe {
  /** Asks every prompt once, so many at a time. */
  run(prompts: readonly string[], concurrency: number): Promise<RunRate>;
  close(): Promise<void>;
}

/** Starts it; what it says goes nowhere, but after a failure its end is in the error. */
export function startBenchServe(installation: VllmInstallation, requests: Requests): BenchServe {
  const env = {
    ...process.env,
    OPENAI_API_KEY: requests.apiKey,
    HF_HUB_OFFLINE: '1',
    CUDA_VISIBLE_DEVICES: '',
  };
  const child = spawn(installation.python, ['-c', LOOP], { env, stdio: 'pipe' });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));

  return {
    async run(prompts, concurrency) {
      const folder = await mkdtemp(join(tmpdir(), 'vllm-bench-'));
      try {
        const dataset = join(folder, 'prompts.jsonl');
        await writeFile(dataset, prompts.map((prompt) => JSON.stringify({ prompt })).join('\n'));
        const args = [...flags(installation, requests), '--dataset-path', dataset, '--result-dir', folder];
        const size = ['--num-prompts', String(prompts.length), '--max-concurrency', String(concurrency)];
        child.stdin.write(`${JSON.stringify([...args, ...size])}\n`);
        if ((await lines.next()).value !== 'done') throw new Error(`vllm bench serve ended:\n${said}`);
        const result = JSON.parse(await readFile(join(folder, RESULT), 'utf8')) as {
          completed: number;
          output_throughput: number;
          total_input_tokens: number;
          total_output_tokens: number;
        };
        if (result.completed !== prompts.length)
          throw new Error(`Only ${result.completed} of ${prompts.length} were answered.`);
        return {
          tokensPerSecond: result.output_throughput,
          promptTokens: result.total_input_tokens / prompts.length,
          outputTokens: result.total_output_tokens / prompts.length,
        };
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

const RESULT = 'result.json';

function flags(
  { model: tokenizer }: VllmInstallation,
  { url, model, ...sampling }: Requests,
): readonly string[] {
  return [
    ['--backend', 'openai-chat', '--base-url', url, '--endpoint', '/v1/chat/completions'],
    ['--model', model, '--tokenizer', tokenizer],
    ['--dataset-name', 'custom', '--skip-chat-template'],
    ['--custom-output-len', String(sampling.outputTokens)],
    ['--temperature', String(sampling.temperature), '--top-p', String(sampling.topP)],
    // A generator for each request, as PROSE asks for one: it costs the sampler of the server time.
    ['--extra-body', '{"seed": 7}'],
    ['--save-result', '--result-filename', RESULT, '--disable-tqdm'],
  ].flat();
}
