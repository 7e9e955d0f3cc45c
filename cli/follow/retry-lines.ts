/** Lines about attempts that failed, for a log: each attempt once, and never a flood of them. */
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import type { PendingProgress } from './progress-tracker.ts';

const windowMs = 5_000;
const maxLinesPerWindow = 3;

/** `explore[3].answer: attempt 3, CONNECTION_FAILED: …`; undefined for what has not failed. */
export function retryText({ instance, attempt, lastFailure }: PendingProgress): string | undefined {
  if (attempt <= 1 || lastFailure === undefined) return undefined;
  return neutraliseLine(`${instance}: attempt ${attempt}, ${lastFailure}`);
}

export class RetryLines {
  /** The last attempt told of, by instance. */
  readonly #told = new Map<string, number>();
  #windowStartMs = -Infinity;
  #inWindow = 0;

  /** What is new; what finds no room now is told later, if it is still being tried then. */
  update(nowMs: number, pending: readonly PendingProgress[]): string[] {
    if (nowMs - this.#windowStartMs >= windowMs) {
      this.#windowStartMs = nowMs;
      this.#inWindow = 0;
    }
    const lines: string[] = [];
    for (const activity of pending) {
      if (this.#inWindow === maxLinesPerWindow) break;
      const text = retryText(activity);
      if (text === undefined || this.#told.get(activity.instance) === activity.attempt) continue;
      this.#told.set(activity.instance, activity.attempt);
      this.#inWindow += 1;
      lines.push(text);
    }
    return lines;
  }
}
