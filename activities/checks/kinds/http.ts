/** A server that is sent each answer as JSON and answers with `{ "score": 0.5, "reason": "…" }`, or `passed`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { CheckKinds } from '../../../configs/settings/checks.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import { cutText } from '../../../definitions/model/cut-text.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { collectBytes, mayPass } from '../../attempts/answers-of-servers.ts';
import { resolveHeaders } from '../../attempts/request-headers.ts';
import { durationMs } from '../../../definitions/model/duration.ts';
import { mapConcurrently } from '../../concurrency/map-concurrently.ts';
import { factsOf, unscored, type CheckResult, type CheckRunner } from '../check.ts';
import { readResult } from './read-score.ts';

type Config = CheckKinds['http'];

/** Requests for one answer in all, and the wait before the second; it doubles. */
const ATTEMPTS = 3;
const WAIT_MS = 250;
const MAX_ANSWER_BYTES = 100_000;

export const http: CheckRunner<'http'> = {
  kind: 'http',
  batchSize: 100,
  async run(config, answers, context) {
    const headers = {
      'content-type': 'application/json',
      ...resolveHeaders(config.headers ?? {}, context),
    };
    const results = await mapConcurrently(
      answers,
      config.concurrency ?? 8,
      context.signal,
      async (answer) => {
        const body = JSON.stringify({ key: answer.key, ...factsOf(answer) });
        for (let attempt = 1; ; attempt += 1) {
          const result = await ask(config, headers, body, context.signal);
          if (attempt === ATTEMPTS || !PASSING.has(result.error ?? '')) return result;
          await sleep(WAIT_MS * 2 ** (attempt - 1), undefined, { signal: context.signal });
        }
      },
    );
    const [first] = results;
    if (first?.errorMessage != null && results.every(({ error }) => error === 'CHECK_UNREACHABLE'))
      throw new ActivityError('CHECK_UNREACHABLE', first.errorMessage, { retryable: true });
    return results;
  },
};

/** What may pass, so that it is asked again. */
const PASSING: ReadonlySet<string> = new Set(['CHECK_UNREACHABLE', 'CHECK_UNAVAILABLE']);

async function ask(
  { url, timeout = '30s' }: Config,
  headers: { readonly [name: string]: string },
  body: string,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { origin, pathname } = new URL(url);
  const limit = AbortSignal.timeout(durationMs(timeout));
  try {
    const answer = await request(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.any([signal, limit]),
    });
    const bytes = await collectBytes(answer.body as AsyncIterable<Uint8Array>, MAX_ANSWER_BYTES);
    if (bytes === undefined)
      return unscored(
        'TOO_MUCH_OUTPUT',
        `${origin}${pathname} answers with more than ${MAX_ANSWER_BYTES} bytes.`,
      );
    const text = bytes.toString('utf8');
    const { statusCode: status } = answer;
    if (status >= 300) {
      const message = `${origin}${pathname} answers ${status}: ${cutText(text, 200)}`;
      return unscored(mayPass(status) ? 'CHECK_UNAVAILABLE' : 'CHECK_REFUSED', message);
    }
    const found = readResult(parseJson(text));
    return (
      found ?? unscored('NO_RESULT', `${origin}${pathname} answers with no result: ${cutText(text, 200)}`)
    );
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted)
      return unscored('CHECK_TIMEOUT', `${origin}${pathname} had not answered after ${timeout}.`);
    const reason = error instanceof Error ? error.message : String(error);
    return unscored('CHECK_UNREACHABLE', `${origin}${pathname} cannot be reached: ${reason}.`);
  }
}
