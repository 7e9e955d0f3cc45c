/**
 * Why a model call failed. Stable: they stand in the tables' `error` columns.
 * - of this call's own content: `BAD_REQUEST`, `PROMPT_TOO_LONG`, `ANSWER_TOO_LARGE`
 * - of the server, for now: `CONNECTION_FAILED`, `TIMEOUT`, `RATE_LIMITED`, `SERVER_ERROR`, `BAD_ANSWER`, `ANSWER_ABORTED`
 * - of how it is set up: `UNAUTHORIZED`, `NO_SUCH_MODEL`, `NO_API_KEY`, `NO_EMBEDDED_SERVER`, `BAD_ENDPOINT`
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
  | 'NO_SUCH_MODEL'
  | 'NO_API_KEY'
  | 'NO_EMBEDDED_SERVER'
  | 'BAD_ENDPOINT';

const OWN_CONTENT: ReadonlySet<ModelErrorCode> = new Set([
  'BAD_REQUEST',
  'PROMPT_TOO_LONG',
  'ANSWER_TOO_LARGE',
]);

export interface ModelErrorDetails extends ErrorOptions {
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** The wait that the server asked for, in milliseconds. */
  readonly retryAfterMs?: number;
}

export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;
  /**
   * False: this very call is at fault and fails again, so its row is recorded with the error.
   * True: the server or its set-up is, so no row is at fault and the activity should be tried again later.
   */
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
    this.retryable = !OWN_CONTENT.has(code);
    this.endpoint = endpoint;
    if (details.status !== undefined) this.status = details.status;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }
}
