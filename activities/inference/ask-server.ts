/** One answer of one server, without the parts of a request that it refuses. */
import type { Logger } from 'pino';
import { recordOutcome, recordRefusal } from './servers/endpoint-health.ts';
import type { Endpoint } from './servers/endpoints.ts';
import type { ChatAnswer, ChatCall } from './model-client.ts';
import { ModelError, type ModelErrorCode } from './model-error.ts';
import { post } from './wire/post.ts';
import { refusal, refusedFeature } from './wire/refusal.ts';
import { requestBody, type Feature } from './wire/request-body.ts';
import { parseCompletion } from './wire/response.ts';
import { spendOf, type Spend } from './spend/spend.ts';

export interface Question {
  readonly call: ChatCall;
  /** Body of the whole request. */
  readonly body: string;
  /** The API key. */
  readonly secret: string | undefined;
  /** Requests made for the call so far; counted up here. */
  requests: number;
}

/** What says that a server is in no state to answer, whatever it is asked. */
const FAILURES: ReadonlySet<ModelErrorCode> = new Set(['CONNECTION_FAILED', 'TIMEOUT', 'SERVER_ERROR']);
const NO_FEATURES: ReadonlySet<Feature> = new Set();

/**
 * Asks a server, at which the caller has a place, and gives the place back to its limit. Tells the endpoint how it went.
 * @param timeoutMs of each request.
 * @throws ModelError, `BudgetError`, and the signal's reason.
 */
export async function askServer(
  endpoint: Endpoint,
  question: Question,
  timeoutMs: number,
  log: Logger,
): Promise<ChatAnswer> {
  const { account, role, config } = question.call;
  const startedAt = performance.now();
  const { inFlight } = endpoint.limit;
  let spend: Spend | undefined;
  try {
    account?.begin();
  } catch (error) {
    endpoint.limit.end();
    throw error;
  }
  try {
    const answer = await exchange(endpoint, question, timeoutMs, log);
    spend = spendOf(answer, config.model.price);
    const nowMs = performance.now();
    recordOutcome(endpoint, 'answered', nowMs);
    endpoint.refusalsInARow = 0;
    // A server that does not count tokens is measured by its answers.
    const work = 1 + answer.completionTokens;
    endpoint.pace.answer(nowMs - startedAt, inFlight, work);
    endpoint.limit.answer(work, nowMs);
    return answer;
  } catch (error) {
    if (error instanceof ModelError) blame(endpoint, error, startedAt, log);
    endpoint.limit.end();
    throw error;
  } finally {
    account?.end(role, endpoint.name, spend);
  }
}

function blame(endpoint: Endpoint, error: ModelError, startedAt: number, log: Logger): void {
  const nowMs = performance.now();
  const { code, status, retryAfterMs } = error;
  if (code === 'RATE_LIMITED' || status === 503) {
    recordRefusal(endpoint, retryAfterMs, startedAt, nowMs, Math.random);
  } else if (FAILURES.has(code)) {
    if (code === 'TIMEOUT') endpoint.limit.refuse(startedAt, nowMs);
    if (recordOutcome(endpoint, 'failed', nowMs)) {
      log.warn(
        { endpoint: endpoint.name, code },
        'the server fails again and again; it is left alone for a while',
      );
    }
  } else {
    recordOutcome(endpoint, 'answered', nowMs);
  }
}

async function exchange(
  endpoint: Endpoint,
  question: Question,
  timeoutMs: number,
  log: Logger,
): Promise<ChatAnswer> {
  const { call, secret } = question;
  const headers =
    secret === undefined ? JSON_HEADERS : { ...JSON_HEADERS, authorization: `Bearer ${secret}` };
  let dropped = NO_FEATURES;
  for (;;) {
    const without = dropped.size === 0 ? endpoint.without : new Set([...endpoint.without, ...dropped]);
    const startedAt = performance.now();
    question.requests += 1;
    const answer = await post(endpoint.pool, {
      endpoint: endpoint.name,
      path: endpoint.path,
      headers,
      body: without.size === 0 ? question.body : requestBody(call, without),
      timeoutMs,
      signal: call.signal,
    });
    if (answer.status === 200) {
      for (const feature of dropped) remember(endpoint, feature, log);
      const seconds = (performance.now() - startedAt) / 1000;
      return toChatAnswer(answer.text, endpoint, call, seconds, question.requests);
    }
    const feature = refusedFeature(answer);
    if (feature === undefined || without.has(feature) || !uses(call, feature)) {
      throw refusal(endpoint.name, call.config.model, answer, secret);
    }
    dropped = new Set([...dropped, feature]);
  }
}

const JSON_HEADERS = { 'content-type': 'application/json' };

function remember(endpoint: Endpoint, feature: Feature, log: Logger): void {
  if (endpoint.without.has(feature)) return;
  endpoint.without.add(feature);
  log.warn(
    { endpoint: endpoint.name, feature },
    'the server refuses this part of a request; it is left out from now on',
  );
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
  const { finishReason, logprobs, model, promptTokens, completionTokens } = completion;
  return {
    text: completion.text,
    finishReason,
    logprobs,
    model: model ?? call.config.model.name,
    endpoint: endpoint.name,
    promptTokens,
    completionTokens,
    seconds,
    requests,
  };
}

function uses(call: ChatCall, feature: Feature): boolean {
  return feature === 'response_format' ? call.schema !== undefined : call.topLogprobs !== undefined;
}
