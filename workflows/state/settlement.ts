/** How a task instance ended, as the parts of the interpreter tell each other. */
import { cutText } from '../../definitions/model/cut-text.ts';
import type { TaskOutcome, Value } from '../../definitions/model/types.ts';

/** Why a task instance failed: a stable error type (code) and one line for people. */
export interface Failure {
  readonly type: string;
  readonly message: string;
}

/** The error of a task instance, by its path: what a `catch` sees as `error`. Durable: executions hand it on. */
export interface TaskError extends Failure {
  readonly task: string;
}

/** The end of one task instance (invariant 3: there is exactly one). */
export interface Settlement {
  readonly outcome: TaskOutcome;
  /**
   * What expressions see as `tasks.<name>`: there if it succeeded, and for a `forEach` task also if it failed
   * (its item results).
   */
  readonly value?: Value;
  /** There instead of a value that is too large to be kept: its characters as JSON. */
  readonly withheldChars?: number;
  /** There if, and only if, the outcome is `failed`. */
  readonly failure?: Failure;
  /** Of a group that failed: the error of the task inside it that it failed by. */
  readonly cause?: TaskError;
  /** The error that its `catch` has handled, or has failed to handle. */
  readonly caught?: TaskError;
  /** Why it was skipped or blocked, or what was caught, in one line. */
  readonly reason?: string;
  /** It succeeded with the outputs of an earlier success. */
  readonly cached?: true;
  /** It failed or was blocked, and fails nothing around it. */
  readonly tolerated?: true;
}

/** Characters of a failure's message: it is shown, remembered and handed on. */
const MAX_MESSAGE_CHARS = 10_000;

export const cancelled: Settlement = { outcome: 'cancelled' };

export function succeeded(value: Value): Settlement {
  return { outcome: 'succeeded', value };
}

export function failed(type: string, message: string): Settlement {
  return { outcome: 'failed', failure: { type, message: cutText(message, MAX_MESSAGE_CHARS) } };
}
