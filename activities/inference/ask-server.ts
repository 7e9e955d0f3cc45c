/** One answer of one server: charged, and told to its limit, its pace and its health. */
import type { Logger } from 'pino';
import { recordOutcome, recordRefusal } from './servers/endpoint-health.ts';
import { servedModel, type Endpoint } from './servers/endpoints.ts';
import { countByTokenizer } from './servers/tokenizer.ts';
import type { ChatAnswer } from './model-client.ts';
import { ModelError, type PaidTokens } from './model-error.ts';
import type { ModelErrorCode } from './retry-rules.ts';
import { exchange, type Deadline, type Question } from './wire/exchange.ts';
import { spendOf, type Spend } from './spend/spend.ts';

/** What says that a server is in no state to answer, whatever it is asked. */
const FAILURES: ReadonlySet<ModelErrorCode> = new Set(['CONNECTION_FAILED', 'TIMEOUT', 'SERVER_ERROR']);
const PROXY_DEADLINES: ReadonlySet<number> = new Set([408, 504, 524]);

/**
 * Asks a server, at which the caller has a place, and gives the place back to its limit. Tells the endpoint how it went.
 * @throws ModelError, `BudgetError`, and the signal's reason.
 */
export async function askServer(
  endpoint: Endpoint,
  question: Question,
  deadline: Deadline,
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
  const count = (paid: PaidTokens & { readonly seconds: number }): void => {
    spend = spendOf(paid, config.model.price);
    const nowMs = performance.now();
    recordOutcome(endpoint, 'answered', nowMs);
    endpoint.refusalsInARow = 0;
    const work = 1 + paid.completionTokens;
    endpoint.pace.answer(1000 * paid.seconds, inFlight, work);
    endpoint.limit.answer(work, nowMs, { elapsedMs: 1000 * paid.seconds, inFlight });
    endpoint.givenEach += work / inFlight;
    if (paid.tokensAreEstimated) sayUncounted(endpoint, config.model.name, log);
  };
  try {
    const answer = await exchange(endpoint, question, deadline, log);
    const counted = answer.tokensAreEstimated
      ? { ...answer, ...(await countByTokenizer(endpoint, question, answer)) }
      : answer;
    count(counted);
    return counted;
  } catch (error) {
    if (error instanceof ModelError && error.answer !== undefined) {
      // It took the server's time, and is paid for.
      const { answer } = error;
      if (answer.tokensAreEstimated)
        error.answer = { ...answer, ...(await countByTokenizer(endpoint, question, answer)) };
      count(error.answer);
    } else {
      if (error instanceof ModelError) blame(endpoint, error, startedAt, log);
      endpoint.limit.end();
    }
    throw error;
  } finally {
    account?.end(role, endpoint.name, spend);
  }
}

function sayUncounted(endpoint: Endpoint, model: string, log: Logger): void {
  const served = servedModel(endpoint, model);
  if (served.isUncounted) return;
  served.isUncounted = true;
  log.warn({ endpoint: endpoint.name, model }, 'the server does not count tokens; they are estimated');
}

function blame(endpoint: Endpoint, error: ModelError, startedAt: number, log: Logger): void {
  const nowMs = performance.now();
  const { code, status, retryAfterMs } = error;
  if (code === 'CONNECTION_FAILED') for (const model of endpoint.models.values()) model.identity = undefined;
  if (code === 'RATE_LIMITED' || status === 503) {
    recordRefusal(endpoint, retryAfterMs, startedAt, nowMs, Math.random);
  } else if (FAILURES.has(code)) {
    // A proxy's own deadline does not know how long the line before the server is.
    if (status !== undefined && PROXY_DEADLINES.has(status)) endpoint.limit.refuse(startedAt, nowMs);
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
