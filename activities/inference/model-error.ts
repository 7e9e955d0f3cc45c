/** Why a model call gave no whole answer, and what becomes of it: the one list of codes. */

/**
 * Who is at fault:
 * - `call`: this very call, which fails again; its row is recorded with the error
 * - `answer`: the server did its work, but what came is no whole answer; the row is recorded, and another seed may do better
 * - `server`: the server, for now: the activity should be tried again later
 * - `setup`: how it is set up, which only a person can mend
 *
 * In the last two no row is recorded.
 */
export type ModelFault = 'call' | 'answer' | 'server' | 'setup';

/** What becomes of a failed call. */
export interface Kind {
  readonly fault: ModelFault;
  /** Whether the same request may succeed a little later, so that it is sent again within the call. */
  readonly isSentAgain: boolean;
}

const refused: Kind = { fault: 'call', isSentAgain: false };
const broken: Kind = { fault: 'answer', isSentAgain: false };
const passing: Kind = { fault: 'server', isSentAgain: true };
const misconfigured: Kind = { fault: 'setup', isSentAgain: false };

/** Codes are durable: they stand in the tables' `error` columns. */
const KINDS = {
  BAD_REQUEST: refused,
  PROMPT_TOO_LONG: refused,
  /** The prompt was filtered, before any answer. */
  PROMPT_FILTERED: refused,
  /** More than is read of an answer. */
  ANSWER_TOO_LARGE: refused,
  /** The server says with a 200 that it, or who it asked in turn, came to no end; also an answer that is no UTF-8. */
  ANSWER_FAILED: { fault: 'call', isSentAgain: true },

  /** Ended by the limit of tokens, or by the server because it repeated itself. */
  CUT_OFF: broken,
  /** The answer was filtered, as a whole or from some point on. */
  FILTERED: broken,
  /** The model, or a guard before it, declined in the field that is there for it. */
  REFUSED: broken,
  /** A call of a tool, of which none was offered. */
  TOOL_CALL: broken,
  /** Nothing but white space. */
  EMPTY: broken,
  /** Half of a surrogate pair, which no file keeps. */
  BROKEN_UNICODE: broken,
  /** Thoughts, and no answer after them. */
  ONLY_THINKING: broken,
  /** With no finish reason, or with one that nobody knows, an answer may be a part of one. */
  UNFINISHED: broken,

  CONNECTION_FAILED: passing,
  TIMEOUT: passing,
  RATE_LIMITED: passing,
  SERVER_ERROR: passing,
  BAD_ANSWER: passing,
  ANSWER_ABORTED: passing,

  UNAUTHORIZED: misconfigured,
  QUOTA_EXHAUSTED: misconfigured,
  NO_SUCH_MODEL: misconfigured,
  NO_API_KEY: misconfigured,
  NO_EMBEDDED_SERVER: misconfigured,
  BAD_ENDPOINT: misconfigured,
} as const satisfies { readonly [code: string]: Kind };

export type ModelErrorCode = keyof typeof KINDS;

/** What is known of a code; undefined for what is none. */
export function kindOf(code: string): Kind | undefined {
  return Object.hasOwn(KINDS, code) ? KINDS[code as ModelErrorCode] : undefined;
}

/** What an answer cost. */
export interface PaidTokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the completion's. */
  readonly thinkingTokens: number;
  /** Where the server does not count, they go by the length of the texts. */
  readonly tokensAreEstimated: boolean;
}

/** What came in place of an answer. */
export interface BrokenAnswer extends PaidTokens {
  readonly finishReason: string | null;
  readonly thinking: string | null;
  readonly seconds: number;
  /** The model's name, as the server says it. */
  readonly model: string;
}

export interface ModelErrorDetails extends ErrorOptions {
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** The wait that the server asked for, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly answer?: BrokenAnswer;
}

export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;
  readonly fault: ModelFault;
  /** Whether the same request may succeed a little later. */
  readonly isSentAgain: boolean;
  /** Whether the activity may succeed later, with nobody's help. */
  readonly retryable: boolean;
  /** The endpoint as configured, without credentials. */
  readonly endpoint: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** What was paid for, where a server answered. */
  readonly answer?: BrokenAnswer;
  /** Requests made for the call, this one included. */
  requests = 1;

  constructor(code: ModelErrorCode, endpoint: string, message: string, details: ModelErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : {});
    const kind: Kind = KINDS[code];
    this.code = code;
    this.fault = kind.fault;
    // 501 is a server that never will.
    this.isSentAgain = kind.isSentAgain && details.status !== 501;
    this.retryable = this.fault === 'server';
    this.endpoint = endpoint;
    if (details.status !== undefined) this.status = details.status;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.answer !== undefined) this.answer = details.answer;
  }
}

/** Whether a call's failure is recorded as its row's error; all others fail the activity. */
export function isOfRow(failure: unknown): failure is ModelError {
  return failure instanceof ModelError && (failure.fault === 'call' || failure.fault === 'answer');
}
