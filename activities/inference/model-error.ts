/**
 * Why a model call failed. Stable: they stand in the tables' `error` columns.
 * - of this call's own content: `BAD_REQUEST`, `PROMPT_TOO_LONG`, `ANSWER_TOO_LARGE`
 * - of the server, for now: `CONNECTION_FAILED`, `TIMEOUT`, `RATE_LIMITED`, `SERVER_ERROR`, `BAD_ANSWER`, `ANSWER_ABORTED`
 * - of how it is set up: `UNAUTHORIZED`, `QUOTA_EXHAUSTED`, `NO_SUCH_MODEL`, `NO_API_KEY`, `NO_EMBEDDED_SERVER`,
 *   `BAD_ENDPOINT`
 */
export type ModelErrorCode =
  | 'BAD_REQUEST'
  | 'PROMPT_TOO_LONG'
  | 'ANSWER_TOO_LARGE'
  | 'CONNECTION_FAILED'
  | 'TIMEOUT'
  | 'RATE_LIMITED'
  | 'SERVER_ERROR'
  | 'BAD_ANSWER'
  | 'ANSWER_ABORTED'
  | 'UNAUTHORIZED'
  | 'QUOTA_EXHAUSTED'
  | 'NO_SUCH_MODEL'
  | 'NO_API_KEY'
  | 'NO_EMBEDDED_SERVER'
  | 'BAD_ENDPOINT';

/**
 * Who is at fault: this very call, which fails again, so its row is recorded with the error; the server, for now, so the
 * activity should be tried again later; or how it is set up, which only a person can mend. In the last two no row is.
 */
export type ModelFault = 'call' | 'server' | 'setup';

const FAULTS: { readonly [code in ModelErrorCode]: ModelFault } = {
  BAD_REQUEST: 'call',
  PROMPT_TOO_LONG: 'call',
  ANSWER_TOO_LARGE: 'call',
  CONNECTION_FAILED: 'server',
  TIMEOUT: 'server',
  RATE_LIMITED: 'server',
  SERVER_ERROR: 'server',
  BAD_ANSWER: 'server',
  ANSWER_ABORTED: 'server',
  UNAUTHORIZED: 'setup',
  QUOTA_EXHAUSTED: 'setup',
  NO_SUCH_MODEL: 'setup',
  NO_API_KEY: 'setup',
  NO_EMBEDDED_SERVER: 'setup',
  BAD_ENDPOINT: 'setup',
};

export interface ModelErrorDetails extends ErrorOptions {
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** The wait that the server asked for, in milliseconds. */
  readonly retryAfterMs?: number;
}

export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;
  readonly fault: ModelFault;
  /** Whether the activity may succeed later, with nobody's help. */
  readonly retryable: boolean;
  /** The endpoint as configured, without credentials. */
  readonly endpoint: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** Requests made for the call, this one included. */
  requests = 1;

  constructor(code: ModelErrorCode, endpoint: string, message: string, details: ModelErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : {});
    this.code = code;
    this.fault = FAULTS[code];
    this.retryable = this.fault === 'server';
    this.endpoint = endpoint;
    if (details.status !== undefined) this.status = details.status;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }
}
