export type RankerErrorCode =
  | 'NO_PAIRS'
  | 'INVALID_OPTION'
  | 'NOT_CONVERGED'
  | 'INVALID_MODEL'
  | 'UNSUPPORTED_VERSION'
  | 'UNKNOWN_FEATURE';

/** Thrown by the ranker; no retry mends any of its codes. */
export class RankerError extends Error {
  readonly code: RankerErrorCode;

  constructor(code: RankerErrorCode, message: string) {
    super(message);
    this.name = 'RankerError';
    this.code = code;
  }
}
