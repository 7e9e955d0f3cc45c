import { pino } from 'pino';
import type { RoleConfig } from '../../../configs/settings/types.ts';
import { createModelClient } from '../../../activities/inference/create-model-client.ts';
import type { ChatAnswer, ChatCall } from '../../../activities/inference/model-client.ts';
import { ModelError } from '../../../activities/inference/model-error.ts';
import type { ModelErrorCode } from '../../../activities/inference/retry-rules.ts';
import { startServer, type Handler, type ModelServer } from './model-server.ts';

/** Value of the environment variable `MODEL_KEY`. */
export const KEY = 'sk-very-secret-0123456789';

/** Makes a call with some of its parts changed. */
export interface Ask {
  (
    changes?: Partial<ChatCall>,
    model?: Partial<RoleConfig['model']>,
    request?: Partial<RoleConfig['request']>,
    sampling?: Partial<RoleConfig['sampling']>,
  ): Promise<ChatAnswer>;
}

/** Runs a test against servers of given behaviour, with a client whose log is kept. */
export async function withClient(
  handlers: readonly Handler[],
  work: (ask: Ask, servers: readonly ModelServer[], logged: readonly string[]) => Promise<void>,
): Promise<void> {
  const servers = await Promise.all(handlers.map((handler) => startServer(handler)));
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => logged.push(line) });
  const client = createModelClient({
    embeddedUrl: undefined,
    apiKey: (name) => (name === 'MODEL_KEY' ? KEY : undefined),
    log,
  });
  const ask: Ask = (changes = {}, model = {}, request = {}, sampling = {}) =>
    client.chat({
      role: 'main_model',
      config: {
        model: { endpoints: servers.map(({ url }) => url), name: 'main', ...model },
        sampling: { temperature: 0.7, topP: 0.9, maxTokens: 50, ...sampling },
        request: { timeout: '10s', maxAttempts: 3, concurrency: 4, ...request },
      },
      messages: [{ role: 'user', content: 'Hello ü' }],
      seed: 42,
      signal: new AbortController().signal,
      ...changes,
    });
  try {
    await work(ask, servers, logged);
  } finally {
    await client.close();
    await Promise.all(servers.map((server) => server.close()));
  }
}

/** Whether an error is a `ModelError` of a code. */
export const failsWith =
  (code: ModelErrorCode, more: (error: ModelError) => boolean = () => true) =>
  (error: unknown) =>
    error instanceof ModelError && error.code === code && more(error);
