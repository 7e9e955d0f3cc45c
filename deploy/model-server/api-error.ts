/** What the server refuses, in the form of vLLM's error bodies. */

export type ApiErrorCode =
  | 'MALFORMED_JSON'
  | 'WRONG_CONTENT_TYPE'
  | 'INVALID_FIELD'
  | 'BAD_STREAM_OPTIONS'
  | 'UNKNOWN_MODEL'
  | 'UNKNOWN_ADAPTER'
  | 'ADAPTER_REFUSED'
  | 'ADAPTER_BROKEN'
  | 'PROMPT_TOO_LONG'
  | 'TOO_MANY_TOKENS'
  | 'BODY_TOO_LARGE'
  | 'QUEUE_FULL'
  | 'STARTING';

const kinds: { readonly [code in ApiErrorCode]: readonly [status: number, type: string] } = {
  MALFORMED_JSON: [400, 'Bad Request'],
  WRONG_CONTENT_TYPE: [400, 'Bad Request'],
  INVALID_FIELD: [400, 'Bad Request'],
  BAD_STREAM_OPTIONS: [400, 'BadRequestError'],
  UNKNOWN_MODEL: [404, 'NotFoundError'],
  UNKNOWN_ADAPTER: [404, 'NotFoundError'],
  ADAPTER_REFUSED: [400, 'InvalidUserInput'],
  ADAPTER_BROKEN: [500, 'InternalServerError'],
  PROMPT_TOO_LONG: [400, 'BadRequestError'],
  TOO_MANY_TOKENS: [400, 'BadRequestError'],
  BODY_TOO_LARGE: [413, 'Request Entity Too Large'],
  QUEUE_FULL: [503, 'Service Unavailable'],
  STARTING: [503, 'Service Unavailable'],
};

/** A refused request. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  /** HTTP status. */
  readonly status: number;
  /** vLLM's word for the kind of error. */
  readonly type: string;
  /** The field at fault, if it is one. */
  readonly param: string | null;

  constructor(code: ApiErrorCode, message: string, param: string | null = null) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    [this.status, this.type] = kinds[code];
    this.param = param;
  }
}

/** vLLM's error body. */
export function errorBody(
  status: number,
  type: string,
  message: string,
  param: string | null = null,
): string {
  return JSON.stringify({ error: { message, type, param, code: status } });
}
