/** Longest wait before the second request. */
const BASE_MS = 500;
/** Longest wait before any later one. */
const MAX_BACKOFF_MS = 20_000;

/**
 * Wait before the next request of a call, in milliseconds: "full jitter"
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). What a server asked for is kept by all
 * calls, as a pause of that server.
 * @param attempt the one that failed, from 1.
 * @param random gives numbers in [0, 1).
 */
export function retryDelayMs(attempt: number, random: () => number): number {
  return random() * Math.min(MAX_BACKOFF_MS, BASE_MS * 2 ** (attempt - 1));
}

/**
 * `Retry-After` in milliseconds from now: seconds or an HTTP date (RFC 9110, 10.2.3). Undefined for anything else;
 * 0 for a date in the past.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
