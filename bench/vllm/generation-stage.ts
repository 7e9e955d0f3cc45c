import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretKeeper } from '../../definitions/documents/secret-keeper.ts';
import { pino } from 'pino';
import { createAnswerCache } from '../../activities/inference/answers/answer-cache.ts';
import { openBackend } from '../../activities/store/open-backend.ts';
import { createModelClient } from '../../activities/inference/create-model-client.ts';
import { mapConcurrently } from '../../activities/concurrency/map-concurrently.ts';
import { runMainModel } from '../../activities/stages/3-main-model/main-model.ts';
import { createStore } from '../../activities/store/create-store.ts';
import type { RowOf, ShardReference } from '../../activities/store/tables.ts';
import type { Settings } from '../../configs/settings/types.ts';

/** What a run over many prompts got done. */
export interface RunRate {
  /** Of answers. */
  readonly tokensPerSecond: number;
  /** Mean tokens of a prompt and of its answer, as the server counts them. */
  readonly promptTokens: number;
  readonly outputTokens: number;
}

interface GenerationStage {
  /** Lets the main model answer each prompt once, from Parquet to Parquet. */
  run(prompts: readonly string[]): Promise<RunRate>;
  close(): Promise<void>;
}

/** Of a shard of four base prompts with eight variations each, as the project has them. */
const SHARD_ROWS = 36;

/**
 * The stage as a worker has it: one model client for as long as it lives, and as many shards at once as its task queue
 * takes, each by the whole activity. In a project of its own.
 */
export async function openGenerationStage(settings: Settings, apiKey: string): Promise<GenerationStage> {
  const root = await mkdtemp(join(tmpdir(), 'prose-bench-'));
  const log = pino({ level: 'info' }, pino.destination(join(root, 'log.jsonl')));
  const store = await createStore({ root });
  const cache = createAnswerCache({ backend: openBackend(root), log });
  const models = createModelClient({ embeddedUrl: undefined, apiKey: () => apiKey, log, cache });
  const { signal } = new AbortController();
  let runs = 0;

  return {
    async run(prompts) {
      runs += 1;
      const run = {
        runId: `bench-${runs}`,
        definition: 'bench',
        settingsDigest: '0',
        digest: '0',
        seed: runs,
      };
      const shards: ShardReference[] = [];
      for (let from = 0; from < prompts.length; from += SHARD_ROWS) {
        const rows = prompts
          .slice(from, from + SHARD_ROWS)
          .map((prompt, index) => rowOf(prompt, from + index));
        const name = { table: 'prompt_variations', run: run.runId, shard: `prompts-${from}` } as const;
        shards.push(await store.writeShard(name, 'train', rows));
      }
      const context = {
        run,
        task: 'answer',
        settings,
        root,
        store,
        models,
        log,
        gpus: [],
        secrets: new SecretKeeper(),
        signal,
      };
      const startedAt = performance.now();
      const answered = await mapConcurrently(
        shards,
        settings.queues['gpu-main']?.concurrency ?? 1,
        signal,
        (shard) =>
          runMainModel.run(
            { shard },
            { ...context, environment: () => undefined, heartbeat: () => undefined },
          ),
      );
      const seconds = (performance.now() - startedAt) / 1000;
      const rows = (await Promise.all(answered.map((shard) => store.readShard(shard)))).flat();
      const sum = (column: string): number => rows.reduce((total, row) => total + Number(row[column]), 0);
      return {
        tokensPerSecond: sum('completion_tokens') / seconds,
        promptTokens: sum('prompt_tokens') / rows.length,
        outputTokens: sum('completion_tokens') / rows.length,
      };
    },
    async close() {
      await models.close();
      await store.close();
      await rm(root, { recursive: true });
    },
  };
}

function rowOf(prompt: string, index: number): RowOf<'prompt_variations'> {
  return {
    base_prompt_idx: index,
    prompt_variation_idx: -1,
    prompt_variation: prompt,
    approach: 'untouched',
    error: null,
    error_message: null,
    model: '',
    seed: 0,
  };
}
