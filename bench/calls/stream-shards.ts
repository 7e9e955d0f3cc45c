/**
 * A process: `stream-shards.ts ENDPOINT CALLS` lets the real stage of the main model make so many requests, from Parquet to
 * Parquet, in shards of 1,000, four at once as in a worker, with journal, budget ledger and the cache of answers on; prints
 * the memory it took, as JSON. What grows is the cache's index, to at most 21 MiB; a shard's rows are held only while it
 * is made.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { createAnswerCache } from '../../activities/inference/answers/answer-cache.ts';
import { openBackend } from '../../activities/store/open-backend.ts';
import { createModelClient } from '../../activities/inference/create-model-client.ts';
import { mapConcurrently } from '../../activities/concurrency/map-concurrently.ts';
import { createSpendLedger } from '../../activities/inference/spend/spend-ledger.ts';
import { runMainModel } from '../../activities/stages/3-main-model/main-model.ts';
import { createStore } from '../../activities/store/create-store.ts';
import { loadSettings } from '../../configs/load.ts';
import { SecretKeeper } from '../../definitions/documents/secret-keeper.ts';
import { overrideSettings } from '../../configs/settings/override-settings.ts';
import { printProgress } from '../figure.ts';
import type { MemoryTaken } from './memory.bench.ts';

const [endpoint = '', calls = ''] = process.argv.slice(2);
const PARTS = 10;
const SHARD_SIZE = 1_000;
const SHARDS_AT_ONCE = 4;
const MIB = 2 ** 20;

const root = mkdtempSync(join(tmpdir(), 'prose-bench-'));
const log = pino({ level: 'warn' }, pino.destination(join(root, 'log.jsonl')));
const store = await createStore({ root });
const cache = createAnswerCache({ backend: openBackend(root), log });
const models = createModelClient({ embeddedUrl: undefined, apiKey: () => undefined, log, cache });
const account = createSpendLedger({ backend: openBackend(root), log }).account('bench');
const loaded = await loadSettings(fileURLToPath(new URL('../..', import.meta.url)));
if (!loaded.ok) throw new Error('The configs are not valid.');
const { signal } = new AbortController();
const context = {
  run: { runId: 'bench', definition: 'bench', settingsDigest: 'bench', digest: 'bench', seed: 1 },
  task: 'answer',
  settings: overrideSettings(loaded.value, { endpoint, model: 'instant' }),
  root,
  store,
  models: { ...models, chat: (call: Parameters<typeof models.chat>[0]) => models.chat({ ...call, account }) },
  log,
  environment: () => undefined,
  gpus: [],
  secrets: new SecretKeeper(),
  signal,
  heartbeat: () => {},
};

/** Writes a shard of prompts, and lets the main model answer it. */
async function answerShard(index: number): Promise<void> {
  const rows = Array.from({ length: SHARD_SIZE }, (_, row) => ({
    base_prompt_idx: index * SHARD_SIZE + row,
    prompt_variation_idx: 0,
    prompt_variation: `Tell me about the number ${index * SHARD_SIZE + row}. `.repeat(4),
    approach: 'bench',
    error: null,
    error_message: null,
    model: '',
    seed: 0,
  }));
  const name = { table: 'prompt_variations', run: 'bench', shard: `prompts-${index}` } as const;
  const shard = await store.writeShard(name, 'train', rows);
  await runMainModel.run({ shard }, context);
}

const megabytes: number[] = [];
try {
  const shardsOfPart = Math.ceil(Number(calls) / PARTS / SHARD_SIZE);
  for (let part = 0; part < PARTS; part += 1) {
    const startedAt = performance.now();
    const shards = Array.from({ length: shardsOfPart }, (_, index) => part * shardsOfPart + index);
    await mapConcurrently(shards, SHARDS_AT_ONCE, signal, answerShard);
    const perSecond = (1000 * shardsOfPart * SHARD_SIZE) / (performance.now() - startedAt);
    const now = process.memoryUsage.rss() / MIB;
    megabytes.push(now);
    printProgress(
      `${(part + 1) * shardsOfPart * SHARD_SIZE} calls: ${now.toFixed(0)} MiB, ${perSecond.toFixed(0)} calls per second`,
    );
  }
} finally {
  await models.close();
  await store.close();
  rmSync(root, { recursive: true });
}
// Also what was in use between two looks at it.
const taken: MemoryTaken = { megabytes, peak: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(`${JSON.stringify(taken)}\n`);
