/** How a server is doing: what it is told by the outcomes of its requests. */
import type { Endpoint } from './endpoints.ts';

/** Failures in a row after which a server is left alone. */
const FAILURES_TO_EJECT = 3;
/** How long it is left alone before one request tries it again; twice as long after each trial that fails. */
const EJECTION_MS = 1_000;
const MAX_EJECTION_MS = 30_000;
/** Longest pause on a server's word. */
const MAX_RETRY_AFTER_MS = 60_000;
/** Pause after the second refusal without an answer between; twice as long after each further one. */
const PAUSE_MS = 250;
const MAX_PAUSE_MS = 20_000;
/** Tells that a server answered, whatever it said, or that it did not, so that it is ejected. Returns whether it now was. */
export function recordOutcome(endpoint: Endpoint, outcome: 'answered' | 'failed', nowMs: number): boolean {
  if (outcome === 'answered') {
    endpoint.failuresInARow = 0;
    return false;
  }
  const wasEjected = endpoint.ejectedUntilMs > nowMs;
  // Those that were under way when it was ejected say nothing new.
  if (wasEjected) return false;
  endpoint.failuresInARow += 1;
  const trials = endpoint.failuresInARow - FAILURES_TO_EJECT;
  if (trials < 0) return false;
  endpoint.ejectedUntilMs = nowMs + Math.min(MAX_EJECTION_MS, EJECTION_MS * 2 ** trials);
  endpoint.limit.restart();
  endpoint.pace.restart();
  return true;
}

/**
 * Tells that a server refused a request for its load: it is given fewer at once and, if it says for how long or if
 * nothing is answered any more, none for a while.
 * @param sentAtMs when that request was made.
 * @param random gives numbers in [0, 1): those who were refused must not come back together.
 */
export function recordRefusal(
  endpoint: Endpoint,
  retryAfterMs: number | undefined,
  sentAtMs: number,
  nowMs: number,
  random: () => number,
): void {
  const isNews = endpoint.limit.refuse(sentAtMs, nowMs);
  if (isNews) endpoint.refusalsInARow += 1;
  const doublings = endpoint.refusalsInARow - 2;
  const backoffMs = doublings < 0 ? 0 : Math.min(MAX_PAUSE_MS, PAUSE_MS * 2 ** doublings);
  const pauseMs =
    retryAfterMs === undefined
      ? isNews
        ? backoffMs * (0.5 + random() / 2)
        : 0
      : Math.min(MAX_RETRY_AFTER_MS, retryAfterMs);
  endpoint.pausedUntilMs = Math.max(endpoint.pausedUntilMs, nowMs + pauseMs);
}

/** Whether a server is well, or due for a trial. */
export function isUsable(endpoint: Endpoint, nowMs: number): boolean {
  if (endpoint.failuresInARow < FAILURES_TO_EJECT) return true;
  return nowMs >= endpoint.ejectedUntilMs && endpoint.limit.inFlight === 0;
}
