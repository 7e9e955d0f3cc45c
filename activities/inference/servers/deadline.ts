/** How long a request may take: by what its server gets done, since a long answer is no failure. */
import type { RoleConfig } from '../../../configs/settings/types.ts';
import { durationMs } from '../../../definitions/model/duration.ts';
import type { Deadline } from '../wire/exchange.ts';
import { askModels } from './ask-models.ts';
import type { Endpoint } from './endpoints.ts';

/** Tokens that the slowest server still of use gives one of its answers within `request.timeout`. */
const SLOWEST_TOKENS = 64;
/** How much longer than expected an answer of full length may take. */
const SLACK = 4;
/** A request has been overtaken when the others were given so many times what the longest answer takes. */
const OVERTAKEN = 3;
/** Soonest that a request is looked at. */
const LEAST_LOOK_MS = 5_000;

/**
 * A request is given up
 * - at any time if the server, while it was under way, has given each of the others three times the tokens of the longest answer of
 *   any role: it hangs. (Each one's share is counted as in fair queueing, so that it does not matter how many others there are.) With
 *   a server whose pace is known that is seen long before `request.timeout`
 * - after `request.timeout` if nothing was answered since it was last looked at, and the time has passed that an answer of full
 *   length may take: four times what is expected by the server's pace or, where that is not known yet, `timeout` for every 64 tokens
 * - after `request.timeout` if the server does not even tell what it serves any more
 *
 * and is waited for once more otherwise. A full server is slow, and so is a long line before it: both give tokens.
 */
export function deadlineOf(
  endpoint: Endpoint,
  { sampling, request }: RoleConfig,
  secret: string | undefined,
): Deadline {
  const timeoutMs = durationMs(request.timeout);
  endpoint.mostTokens = Math.max(endpoint.mostTokens, sampling.maxTokens);
  const { givenEach, pace, limit } = endpoint;
  /** When it was last looked at. */
  let lastGiven = givenEach;
  const lookMs = pace.isKnown
    ? Math.max(LEAST_LOOK_MS, OVERTAKEN * pace.expectedMs(limit.inFlight, endpoint.mostTokens))
    : timeoutMs;
  return {
    timeoutMs: Math.min(timeoutMs, lookMs),
    async moreMs(elapsedMs) {
      if (endpoint.givenEach - givenEach >= OVERTAKEN * endpoint.mostTokens) return 0;
      if (elapsedMs < timeoutMs) return Math.max(1, Math.min(lookMs, timeoutMs - elapsedMs));
      const mostMs = longestMs(endpoint, sampling.maxTokens, timeoutMs);
      const isIdle = endpoint.givenEach === lastGiven;
      lastGiven = endpoint.givenEach;
      if (isIdle && elapsedMs >= mostMs) return 0;
      if (!(await isThere(endpoint, secret))) return 0;
      return elapsedMs < mostMs ? Math.min(timeoutMs, mostMs - elapsedMs) : timeoutMs;
    },
  };
}

/** How long an answer of full length may take where nothing is heard of the server. */
export function longestMs({ pace, limit }: Endpoint, maxTokens: number, timeoutMs: number): number {
  if (!pace.isKnown) return timeoutMs * Math.max(1, maxTokens / SLOWEST_TOKENS);
  return Math.max(timeoutMs, SLACK * pace.expectedMs(limit.inFlight, maxTokens));
}

async function isThere(endpoint: Endpoint, secret: string | undefined): Promise<boolean> {
  const models = await askModels(endpoint, secret);
  return models !== undefined && models.status < 500;
}
