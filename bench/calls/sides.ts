/** The ways of asking that are compared: each makes one call and waits for its whole answer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenAI } from 'openai';
import { pino } from 'pino';
import { Pool } from 'undici';
import { createAnswerCache } from '../../activities/inference/answers/answer-cache.ts';
import { openBackend } from '../../activities/store/open-backend.ts';
import { createModelClient } from '../../activities/inference/create-model-client.ts';
import { ModelError } from '../../activities/inference/model-error.ts';
import { createSpendLedger } from '../../activities/inference/spend/spend-ledger.ts';

export const IN_FLIGHT = 64;

/** One call; `seed` makes it different from all others. */
interface Side {
  readonly ask: (seed: number) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

const messages = [
  { role: 'system', content: 'You are a helpful assistant. '.repeat(20) },
  { role: 'user', content: 'Tell me about volcanoes, how they form and where they are found.' },
] as const;
const maxTokens = 100;

/** PROSE's client with everything on: limits, deadline, cancellation, log, budget, and the cache of answers. */
function proseClient(endpoint: string, model: string): Side {
  const root = mkdtempSync(join(tmpdir(), 'prose-bench-'));
  const log = pino({ level: 'info' }, pino.destination(join(root, 'log.jsonl')));
  const cache = createAnswerCache({ backend: openBackend(root), log });
  const client = createModelClient({ embeddedUrl: undefined, apiKey: () => 'key', log, cache });
  const account = createSpendLedger({ backend: openBackend(root), log }).account('bench', {
    calls: 1e9,
    tokens: 1e12,
  });
  const { signal } = new AbortController();
  const config = {
    model: { endpoints: [endpoint], name: model, apiKeyEnv: 'KEY' },
    sampling: { temperature: 0.7, topP: 1, maxTokens },
    request: { timeout: '120s', maxAttempts: 5, concurrency: IN_FLIGHT },
  };
  return {
    ask: (seed) =>
      client
        .chat({ role: 'main_model', config, messages, seed, signal, account })
        // The other sides take an answer that was cut off for one.
        .catch((error: unknown) => {
          if (!(error instanceof ModelError) || error.code !== 'CUT_OFF') throw error;
        }),
    async close() {
      await client.close();
      rmSync(root, { recursive: true });
    },
  };
}

/** What anyone would write with undici: `request` of a pool, and the JSON of its body. */
function bareUndici(endpoint: string, model: string): Side {
  const { origin, pathname } = new URL(endpoint);
  const pool = new Pool(origin, { connections: IN_FLIGHT, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  const path = `${pathname}/chat/completions`;
  return {
    async ask(seed) {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
        body: JSON.stringify({ model, messages, temperature: 0.7, top_p: 1, max_tokens: maxTokens, seed }),
      });
      const answer = await body.json();
      if (statusCode !== 200) throw new Error(`The server answered ${statusCode}.`);
      return answer;
    },
    close: () => pool.close(),
  };
}

/** The npm package `openai`. */
function openaiClient(endpoint: string, model: string): Side {
  const client = new OpenAI({ baseURL: endpoint, apiKey: 'key', maxRetries: 4, timeout: 120_000 });
  return {
    ask: (seed) =>
      client.chat.completions.create({
        model,
        messages: [...messages],
        temperature: 0.7,
        top_p: 1,
        max_tokens: maxTokens,
        seed,
      }),
    close: () => Promise.resolve(),
  };
}

export const sides = { prose: proseClient, undici: bareUndici, openai: openaiClient };

export type SideName = keyof typeof sides;

export function isSideName(name: string): name is SideName {
  return Object.hasOwn(sides, name);
}
