import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createAnswerCache } from '../../activities/inference/answer-cache.ts';
import { createModelClient } from '../../activities/inference/create-model-client.ts';
import { runMainModel } from '../../activities/main-model.ts';
import { createStore } from '../../activities/store/create-store.ts';
import { loadSettings } from '../../configs/load.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';

export interface StageWork {
  /** Base URL ending in `/v1`. */
  readonly endpoint: string;
  readonly model: string;
  readonly apiKey: string;
  readonly prompts: number;
  /** Longest answer; models of random weights rarely stop before. */
  readonly outputTokens: number;
}

export interface StageRate {
  readonly tokensPerSecond: number;
  /** Mean tokens of a prompt, as the server counts them. */
  readonly promptTokens: number;
}

/** Lets the main model answer a shard of prompts in a project of its own: the whole activity, from Parquet to Parquet. */
export async function runGenerationStage(work: StageWork, seed: number): Promise<StageRate> {
  const loaded = await loadSettings(packageRoot, { endpoint: work.endpoint, model: work.model });
  if (!loaded.ok) throw new Error('The settings of the project are not valid.');
  const { mainModel } = loaded.value;
  const settings = {
    ...loaded.value,
    mainModel: {
      ...mainModel,
      samples: 1,
      model: { ...mainModel.model, apiKeyEnv: 'KEY' },
      sampling: { ...mainModel.sampling, maxTokens: work.outputTokens },
      request: { ...mainModel.request, concurrency: 512 },
    },
  };
  const root = await mkdtemp(join(tmpdir(), 'prose-bench-'));
  const log = pino({ level: 'info' }, pino.destination(join(root, 'log.jsonl')));
  const store = await createStore({ root });
  const cache = createAnswerCache({ directory: join(root, 'cache'), log });
  const models = createModelClient({ embeddedUrl: undefined, apiKey: () => work.apiKey, log, cache });
  const run = { runId: 'bench', definition: 'bench', settingsDigest: '0', digest: '0', seed };
  try {
    const shard = await store.writeShard(
      { table: 'prompt_variations', run: run.runId, shard: 'prompts' },
      'train',
      Array.from({ length: work.prompts }, (_, index) => ({
        base_prompt_idx: index,
        prompt_variation_idx: -1,
        prompt_variation: `Tell me about volcano number ${index}, how it formed and where it is found.`,
        approach: 'untouched',
        error: null,
        model: '',
        seed,
      })),
    );
    const startedAt = performance.now();
    const answers = await runMainModel.run(
      { shard },
      {
        run,
        task: 'answer',
        settings,
        store,
        models,
        log,
        gpus: [],
        environment: () => undefined,
        signal: new AbortController().signal,
        heartbeat: () => undefined,
      },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const rows = await store.readShard(answers);
    const sum = (column: string): number => rows.reduce((total, row) => total + Number(row[column]), 0);
    return {
      tokensPerSecond: sum('completion_tokens') / seconds,
      promptTokens: Math.round(sum('prompt_tokens') / rows.length),
    };
  } finally {
    await models.close();
    await store.close();
    await rm(root, { recursive: true });
  }
}
