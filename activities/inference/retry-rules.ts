/** Which failures of a model call are sent again, which are their row's error, and which fail the activity: the one list of codes. */

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
interface Kind {
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

/** Who is at fault. */
export function faultOf(code: ModelErrorCode): ModelFault {
  return KINDS[code].fault;
}

/** Whether a failure is sent again within its call. @param status of HTTP, where there was an answer: 501 is a server that never will. */
export function isSentAgain(code: ModelErrorCode, status: number | undefined): boolean {
  return KINDS[code].isSentAgain && status !== 501;
}
