import { isEmbedded } from '../../configs/settings/simulated.ts';
import type { Logger } from 'pino';
import { sleep } from '../concurrency/abort-listeners.ts';
import { hash } from 'node:crypto';
import { createAdapters } from './servers/adapters.ts';
import { Admission } from './servers/admission.ts';
import type { AnswerCache } from './answers/answer-cache.ts';
import { askServer } from './ask-server.ts';
import { prefixOf } from './servers/choose-endpoint.ts';
import { deadlineOf } from './servers/deadline.ts';
import { durationMs } from '../../definitions/model/duration.ts';
import { createEndpoints, type Endpoint } from './servers/endpoints.ts';
import { restoringAdapters } from './servers/restore-adapters.ts';
import { identityOf } from './servers/model-identity.ts';
import type { ChatAnswer, ChatCall, ModelClient } from './model-client.ts';
import { ModelError } from './model-error.ts';
import type { Question } from './wire/exchange.ts';
import { requestBody } from './wire/request-body.ts';
import { retryDelayMs } from './wire/retry-delay.ts';

export interface ModelClientOptions {
  /** Base URL, ending in `/v1`, of the bundled models; undefined where they do not run. */
  readonly embeddedUrl: string | undefined;
  /** Value of the environment variable of that name. It goes into the Authorization header and nowhere else. */
  readonly apiKey: (environmentVariable: string) => string | undefined;
  readonly log: Logger;
  /** Where answers are kept; closed with the client. None are if it is absent. */
  readonly cache?: AnswerCache;
}

/** Requests of a call that may use up their whole deadline: a third one would hardly do better. */
const MOST_DEADLINES = 2;

/**
 * The client of all roles, over HTTP; one for a process, since its limits on what a server is given at once hold for all
 * calls made through it. A call's failures and waits between them have its request's timeout times its number of attempts
 * in all: waiting for a place at a server costs it nothing, nor does an answer that takes its time (`deadline.ts`).
 */
export function createModelClient({ embeddedUrl, apiKey, log, cache }: ModelClientOptions): ModelClient {
  const endpoints = createEndpoints(embeddedUrl);
  const admission = new Admission();
  /** Other servers of which kept answers were used, and that was said. */
  const said = new Set<string>();

  async function chat(call: ChatCall): Promise<ChatAnswer> {
    const servers = endpoints.resolve(call.config.model.endpoints);
    const secret = keyOf(call, servers, apiKey);
    const question: Question = { call, body: requestBody(call), secret, requests: 0 };
    if (cache === undefined || !isCacheable(call)) return askUntilAnswered(servers, question);
    return chatWithCache(cache, servers, question);
  }

  /** What was kept is looked for under each of the models that the servers have behind the name. */
  async function chatWithCache(
    answers: AnswerCache,
    servers: readonly Endpoint[],
    question: Question,
  ): Promise<ChatAnswer> {
    const { name } = question.call.config.model;
    /** By identity of the model. */
    const keys = new Map<string, string>();
    const identities = servers.map((server) => identityOf(server, name, question.secret));
    for (const told of identities) {
      const identity = await told;
      if (keys.has(identity)) continue;
      const key = keyFor(identity, question);
      keys.set(identity, key);
      const kept = await answers.find(key);
      if (kept === undefined) continue;
      sayKept(kept, servers, name);
      return { ...kept, requests: 0, cached: true };
    }
    const answer = await askUntilAnswered(servers, question);
    const answered = servers.find((server) => server.name === answer.endpoint);
    if (answered !== undefined) {
      // Another model may be there by now.
      const identity = await identityOf(answered, name, question.secret);
      answers.keep(keys.get(identity) ?? keyFor(identity, question), answer);
    }
    return answer;
  }

  function sayKept({ endpoint }: ChatAnswer, servers: readonly Endpoint[], model: string): void {
    const isTheirs = servers.some((server) => server.name === endpoint);
    if (isTheirs || said.has(`${endpoint}\n${model}`)) return;
    said.add(`${endpoint}\n${model}`);
    const of = servers.map((server) => server.name);
    log.warn({ from: endpoint, of, model }, 'answers kept from another server with the same model are used');
  }

  async function askUntilAnswered(servers: readonly Endpoint[], question: Question): Promise<ChatAnswer> {
    const { config, messages, role, signal } = question.call;
    const timeoutMs = durationMs(config.request.timeout);
    const prefix = servers.length > 1 ? prefixOf(messages) : undefined;
    let leftMs = timeoutMs * config.request.maxAttempts;
    let deadlines = 0;
    let failed: Endpoint | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const place = admission.enter(servers, { failed, prefix }, signal);
      const endpoint = place instanceof Promise ? await place : place;
      const startedAt = performance.now();
      try {
        const deadline = deadlineOf(endpoint, config, question.secret);
        const answer = await askServer(endpoint, question, deadline, log);
        admission.leave();
        return answer;
      } catch (error) {
        admission.leave();
        if (!(error instanceof ModelError)) throw error;
        error.requests = question.requests;
        const delayMs = retryDelayMs(attempt, Math.random);
        leftMs -= Math.min(timeoutMs, performance.now() - startedAt) + delayMs;
        deadlines += error.code === 'TIMEOUT' && error.status === undefined ? 1 : 0;
        const isLast =
          attempt >= config.request.maxAttempts ||
          deadlines >= MOST_DEADLINES ||
          leftMs <= pauseLeftMs(servers);
        if (isLast || !error.isSentAgain) throw error;
        const { code, status } = error;
        log.debug({ role, endpoint: endpoint.name, code, status, attempt, delayMs }, 'model call is retried');
        failed = endpoint;
        await sleep(delayMs, signal);
      }
    }
  }

  return {
    ...restoringAdapters(chat, createAdapters({ embeddedUrl, apiKey })),
    async close() {
      admission.close();
      await endpoints.close();
      await cache?.close();
    },
  };
}

/**
 * An answer depends on the model behind the name and on what the body of a call says: the messages, the sampling, the
 * seed, the schema. Not so for the embedded models, which are a part of this program and change with it.
 */
function isCacheable({ config }: ChatCall): boolean {
  return config.request.cache !== false && !isEmbedded(config);
}

/** What an answer is kept under. */
function keyFor(identity: string, { body }: Question): string {
  return hash('sha256', `${identity}\n${body}`);
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
