/** Why a model call gave no whole answer; what becomes of it is in `retry-rules.ts`. */
import { faultOf, isSentAgain, type ModelErrorCode, type ModelFault } from './retry-rules.ts';

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
  /** What there is of the text, for people to look at. */
  readonly text: string;
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
  /** What was paid for, where a server answered. Whoever hides secrets in the error does so here, too. */
  answer?: BrokenAnswer;
  /** Requests made for the call, this one included. */
  requests = 1;

  constructor(code: ModelErrorCode, endpoint: string, message: string, details: ModelErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : {});
    this.code = code;
    this.fault = faultOf(code);
    this.isSentAgain = isSentAgain(code, details.status);
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
