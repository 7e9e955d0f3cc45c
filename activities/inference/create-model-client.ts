import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { durationMs } from './duration-ms.ts';
import { chooseEndpoint, createEndpoints, recordOutcome, type Endpoint } from './endpoints.ts';
import type { ChatAnswer, ChatCall, ModelClient } from './model-client.ts';
import { ModelError } from './model-error.ts';
import { post } from './post.ts';
import { refusal, refusedFeature } from './refusal.ts';
import { requestBody, type Feature } from './request-body.ts';
import { parseCompletion } from './response.ts';
import { isRetried, retryDelayMs } from './retry-policy.ts';

export interface ModelClientOptions {
  /** Base URL, ending in `/v1`, of the bundled models; undefined where they do not run. */
  readonly embeddedUrl: string | undefined;
  /** Value of the environment variable of that name. It goes into the Authorization header and nowhere else. */
  readonly apiKey: (environmentVariable: string) => string | undefined;
  readonly log: Logger;
}

/** The client of all roles, over HTTP. A call has its request's timeout times its number of attempts in all. */
export function createModelClient({ embeddedUrl, apiKey, log }: ModelClientOptions): ModelClient {
  const endpoints = createEndpoints(embeddedUrl);

  async function chat(call: ChatCall): Promise<ChatAnswer> {
    const { model, request } = call.config;
    // Every request in flight of an activity listens to its one signal; Node takes more than ten for a leak.
    setMaxListeners(0, call.signal);
    const servers = endpoints.resolve(model.endpoints);
    const secret = keyOf(call, servers, apiKey);
    const timeoutMs = durationMs(request.timeout);
    const deadlineMs = performance.now() + timeoutMs * request.maxAttempts;
    const ledger = { requests: 0 };
    let failed: Endpoint | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const endpoint = chooseEndpoint(servers, failed, performance.now());
      try {
        const leftMs = Math.max(1, Math.min(timeoutMs, deadlineMs - performance.now()));
        return await ask(endpoint, call, secret, leftMs, ledger);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        error.requests = ledger.requests;
        const delayMs = retryDelayMs(attempt, error.retryAfterMs, Math.random);
        const isLast = attempt >= request.maxAttempts || performance.now() + delayMs >= deadlineMs;
        if (isLast || !isRetried(error)) throw error;
        const { code, status } = error;
        log.debug(
          { role: call.role, endpoint: endpoint.name, code, status, attempt, delayMs },
          'model call is retried',
        );
        failed = endpoint;
        await sleepUnlessAborted(delayMs, call.signal);
      }
    }
  }

  /** One answer of one server, without what it refuses. */
  async function ask(
    endpoint: Endpoint,
    call: ChatCall,
    secret: string | undefined,
    timeoutMs: number,
    ledger: { requests: number },
  ): Promise<ChatAnswer> {
    const dropped = new Set<Feature>();
    for (;;) {
      const without = new Set([...endpoint.without, ...dropped]);
      const startedAt = performance.now();
      ledger.requests += 1;
      const answer = await send(endpoint, requestBody(call, without), secret, timeoutMs, call.signal);
      const seconds = (performance.now() - startedAt) / 1000;
      if (answer.status === 200) {
        for (const feature of dropped) {
          if (endpoint.without.has(feature)) continue;
          endpoint.without.add(feature);
          log.warn(
            { endpoint: endpoint.name, feature },
            'the server refuses this part of a request; it is left out from now on',
          );
        }
        return toChatAnswer(answer.text, endpoint, call, seconds, ledger.requests);
      }
      const feature = refusedFeature(answer);
      if (feature === undefined || without.has(feature) || !uses(call, feature)) {
        throw refusal(endpoint.name, answer, secret);
      }
      dropped.add(feature);
    }
  }

  async function send(
    endpoint: Endpoint,
    body: string,
    secret: string | undefined,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{ status: number; retryAfter: string | undefined; text: string }> {
    const headers = {
      'content-type': 'application/json',
      ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
    };
    endpoint.inFlight += 1;
    try {
      const answer = await post(endpoint.pool, {
        endpoint: endpoint.name,
        path: endpoint.path,
        headers,
        body,
        timeoutMs,
        signal,
      });
      recordOutcome(endpoint, 'reached', performance.now());
      return answer;
    } catch (error) {
      const isUnreachable = error instanceof ModelError && error.code === 'CONNECTION_FAILED';
      if (isUnreachable && recordOutcome(endpoint, 'unreachable', performance.now())) {
        log.warn({ endpoint: endpoint.name }, 'the server cannot be reached; it is left alone for a while');
      }
      throw error;
    } finally {
      endpoint.inFlight -= 1;
    }
  }

  return { chat, close: () => endpoints.close() };
}

function toChatAnswer(
  text: string,
  endpoint: Endpoint,
  call: ChatCall,
  seconds: number,
  requests: number,
): ChatAnswer {
  const completion = parseCompletion(text);
  if (completion === undefined) {
    throw new ModelError(
      'BAD_ANSWER',
      endpoint.name,
      `${endpoint.name} answered 200 with what is no chat completion.`,
    );
  }
  if (completion.finishReason === 'abort') {
    throw new ModelError(
      'ANSWER_ABORTED',
      endpoint.name,
      `${endpoint.name} aborted the answer before its end.`,
    );
  }
  return {
    ...completion,
    model: completion.model ?? call.config.model.name,
    endpoint: endpoint.name,
    seconds,
    requests,
  };
}

function uses(call: ChatCall, feature: Feature): boolean {
  return feature === 'response_format' ? call.schema !== undefined : call.topLogprobs !== undefined;
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

async function sleepUnlessAborted(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
