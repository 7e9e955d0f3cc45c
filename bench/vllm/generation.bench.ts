/**
 * How much of a real vLLM does the generation stage get, against vLLM's own load generator at its best concurrency?
 *
 * Both sides ask the same server for answers of the same sampling (seeded, as PROSE's are) and length to prompts alike but for
 * a number, so that no cache has an answer or a block of one; on both sides an answer ends where the model ends it. They take
 * turns in short runs, as the processors that they share with the server are rarely as fast one minute as the next; what they
 * are compared by is the median of the ratios of neighbours. Both are warm: the stage's client has found the server's
 * limit in earlier runs, as a worker's has after its first minute, and the load generator was given it by trying.
 * `PROSE_BENCH_REQUESTS` for each run (default 1008), `PROSE_BENCH_REPETITIONS` pairs (default 9).
 */
import { loadSettings } from '../../configs/load.ts';
import { parseText } from '../../configs/checks/texts.ts';
import type { Settings } from '../../configs/settings/types.ts';
import { ensureVllm } from '../../deploy/vllm/cpu/ensure-vllm.ts';
import { startVllm, TINY_MODEL } from '../../deploy/vllm/cpu/start-vllm.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';
import { printFigure, printProgress, spread } from '../figure.ts';
import { startBenchServe } from './bench-serve.ts';
import { openGenerationStage, type RunRate } from './generation-stage.ts';

const repetitions = Number(process.env['PROSE_BENCH_REPETITIONS'] ?? 9);
const requests = Number(process.env['PROSE_BENCH_REQUESTS'] ?? 1008);
const outputTokens = 32;
const concurrencies = [32, 64, 128, 256];
/** How often each of them is tried, in turns; after the first tries the stage warms up. */
const trials = 2;
/** How far the mean lengths of the two sides' prompts and answers may be apart, in tokens. */
const TOLERANCE = 4;
const apiKey = 'sk-bench-0123456789';

/** The project's settings, but for the server and the length of answers. */
async function settingsFor(endpoint: string): Promise<Settings> {
  const loaded = await loadSettings(packageRoot, { endpoint, model: TINY_MODEL });
  if (!loaded.ok) throw new Error('The settings of the project are not valid.');
  const { mainModel } = loaded.value;
  return {
    ...loaded.value,
    mainModel: {
      ...mainModel,
      samples: 1,
      model: { ...mainModel.model, apiKeyEnv: 'KEY' },
      sampling: { ...mainModel.sampling, maxTokens: outputTokens },
    },
  };
}

let asked = 0;
/** As many prompts as a run has, none of which was asked before. */
function freshPrompts(): string[] {
  asked += requests;
  return Array.from(
    { length: requests },
    (_, index) => `Volcano number ${100_000 + asked + index}: how did it form, and where is it found?`,
  );
}

function median(values: readonly number[]): number {
  return spread(values)[1];
}

function assertAlike(one: RunRate, other: RunRate): void {
  const apart = (part: 'promptTokens' | 'outputTokens'): boolean =>
    Math.abs(one[part] - other[part]) > TOLERANCE;
  if (apart('promptTokens') || apart('outputTokens')) {
    throw new Error(`The sides do not ask for the same: ${JSON.stringify(one)}, ${JSON.stringify(other)}.`);
  }
}

/** As the serve scripts have it: else vLLM closes idle connections so soon that its load generator loses a request now and then. */
const env = { ...process.env, VLLM_HTTP_TIMEOUT_KEEP_ALIVE: '120' };
const setup = { env, log: printProgress };
const installation = await ensureVllm(setup);
const vllm = await startVllm(installation, apiKey, setup);
const settings = await settingsFor(`${vllm.url}/v1`);
const { sampling } = settings.mainModel;
const stage = await openGenerationStage(settings, apiKey);
const benchServe = startBenchServe(installation, {
  url: vllm.url,
  model: TINY_MODEL,
  apiKey,
  outputTokens,
  temperature: sampling.temperature,
  topP: sampling.topP,
});
/** It sends a prompt as one message of the user; the stage has a message of the system before. */
const system = parseText(settings.texts.main_model_input).get('system') ?? '';
const theirs = (concurrency: number): Promise<RunRate> =>
  benchServe.run(
    freshPrompts().map((prompt) => `${system}\n\n${prompt}`),
    concurrency,
  );
const ours = (): Promise<RunRate> => stage.run(freshPrompts());

try {
  const rates = new Map<number, number[]>(concurrencies.map((concurrency) => [concurrency, []]));
  for (let trial = 0; trial < trials; trial += 1) {
    for (const [concurrency, measured] of rates) {
      const rate = await theirs(concurrency);
      measured.push(rate.tokensPerSecond);
      printProgress(
        `vllm bench serve, ${concurrency} in flight: ${rate.tokensPerSecond.toFixed(0)} tokens/s`,
      );
      if (trial === 0) assertAlike(rate, await ours());
    }
  }
  const best = concurrencies.reduce((one, other) =>
    median(rates.get(other) ?? []) > median(rates.get(one) ?? []) ? other : one,
  );
  const ratios: number[] = [];
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    // In turn first, so that neither always meets the other's leftovers.
    const early = repetition % 2 === 0 ? await ours() : undefined;
    const { tokensPerSecond } = await theirs(best);
    const own = (early ?? (await ours())).tokensPerSecond;
    ratios.push(own / tokensPerSecond);
    printProgress(`stage ${own.toFixed(0)}, vllm bench serve ${tokensPerSecond.toFixed(0)} tokens/s`);
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
  await benchServe.close();
  await stage.close();
  await vllm.close();
}
