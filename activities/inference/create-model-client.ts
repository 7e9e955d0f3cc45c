import type { Logger } from 'pino';
import { sleep } from './abort-listeners.ts';
import { hash } from 'node:crypto';
import { Admission } from './servers/admission.ts';
import type { AnswerCache } from './answers/answer-cache.ts';
import { askServer, type Question } from './ask-server.ts';
import { prefixOf } from './servers/choose-endpoint.ts';
import { durationMs } from './duration-ms.ts';
import { createEndpoints, type Endpoint } from './servers/endpoints.ts';
import type { ChatAnswer, ChatCall, ModelClient } from './model-client.ts';
import { ModelError } from './model-error.ts';
import { requestBody } from './wire/request-body.ts';
import { isRetried, retryDelayMs } from './wire/retry-policy.ts';

export interface ModelClientOptions {
  /** Base URL, ending in `/v1`, of the bundled models; undefined where they do not run. */
  readonly embeddedUrl: string | undefined;
  /** Value of the environment variable of that name. It goes into the Authorization header and nowhere else. */
  readonly apiKey: (environmentVariable: string) => string | undefined;
  readonly log: Logger;
  /** Where answers are kept; closed with the client. None are if it is absent. */
  readonly cache?: AnswerCache;
}

/**
 * The client of all roles, over HTTP; one for a process, since its limits on what a server is given at once hold for all
 * calls made through it. A call has its request's timeout times its number of attempts in all, from its first request
 * on: waiting for a place at a server costs it nothing.
 */
export function createModelClient({ embeddedUrl, apiKey, log, cache }: ModelClientOptions): ModelClient {
  const endpoints = createEndpoints(embeddedUrl);
  const admission = new Admission();

  async function chat(call: ChatCall): Promise<ChatAnswer> {
    const servers = endpoints.resolve(call.config.model.endpoints);
    const secret = keyOf(call, servers, apiKey);
    const question: Question = { call, body: requestBody(call), secret, requests: 0 };
    if (cache === undefined || !isCacheable(call)) return askUntilAnswered(servers, question);
    const key = hash('sha256', question.body);
    const kept = await cache.find(key);
    if (kept !== undefined) return { ...kept, requests: 0, cached: true };
    const answer = await askUntilAnswered(servers, question);
    cache.keep(key, answer);
    return answer;
  }

  async function askUntilAnswered(servers: readonly Endpoint[], question: Question): Promise<ChatAnswer> {
    const { config, messages, role, signal } = question.call;
    const timeoutMs = durationMs(config.request.timeout);
    const prefix = servers.length > 1 ? prefixOf(messages) : undefined;
    let leftMs = timeoutMs * config.request.maxAttempts;
    let failed: Endpoint | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const place = admission.enter(servers, { failed, prefix }, signal);
      const endpoint = place instanceof Promise ? await place : place;
      const startedAt = performance.now();
      try {
        const answer = await askServer(endpoint, question, Math.min(timeoutMs, leftMs), log);
        admission.leave();
        return answer;
      } catch (error) {
        admission.leave();
        if (!(error instanceof ModelError)) throw error;
        error.requests = question.requests;
        const delayMs = retryDelayMs(attempt, Math.random);
        leftMs -= performance.now() - startedAt + delayMs;
        const isLast = attempt >= config.request.maxAttempts || leftMs <= pauseLeftMs(servers);
        if (isLast || !isRetried(error)) throw error;
        const { code, status } = error;
        log.debug({ role, endpoint: endpoint.name, code, status, attempt, delayMs }, 'model call is retried');
        failed = endpoint;
        await sleep(delayMs, signal);
      }
    }
  }

  return {
    chat,
    async close() {
      admission.close();
      await endpoints.close();
      await cache?.close();
    },
  };
}

/**
 * What the body of a call says is all that its answer depends on, wherever it is asked: the model by its name, the
 * messages, the sampling, the seed, the schema. Not so for the embedded models, which are a part of this program and
 * change with it.
 */
function isCacheable({ config }: ChatCall): boolean {
  return config.request.cache !== false && !config.model.endpoints.includes('embedded');
}

/** Until the first of the servers takes requests again, in milliseconds; 0 if one does. */
function pauseLeftMs(servers: readonly Endpoint[]): number {
  return Math.max(0, Math.min(...servers.map(({ pausedUntilMs }) => pausedUntilMs)) - performance.now());
}

function keyOf(
  { config }: ChatCall,
  servers: readonly Endpoint[],
  apiKey: ModelClientOptions['apiKey'],
): string | undefined {
  const { apiKeyEnv, name } = config.model;
  if (apiKeyEnv === undefined) return undefined;
  const key = apiKey(apiKeyEnv)?.trim();
  if (key !== undefined && key !== '') return key;
  throw new ModelError(
    'NO_API_KEY',
    servers.map((server) => server.name).join(', '),
    `The environment variable ${apiKeyEnv}, which holds the API key of model '${name}', is not set.`,
  );
}
