/** What can be wrong with data that is to be stored, or with a wish to read it. Stable: callers and tests branch on it. */
export type StoreErrorCode =
  | 'INVALID_NAME'
  | 'OUTSIDE_ROOT'
  | 'UNKNOWN_BACKEND'
  | 'UNKNOWN_COLUMN'
  | 'MISSING_COLUMN'
  | 'WRONG_TYPE'
  | 'DUPLICATE_KEY'
  | 'NO_SUCH_SHARD'
  | 'CORRUPT_SHARD'
  | 'NO_SUCH_OBJECT'
  | 'CORRUPT_OBJECT'
  | 'NO_SUCH_MODEL'
  | 'NO_TRAINING_SET'
  | 'NO_WEIGHTS'
  | 'FOR_ONE_TASK'
  | 'NO_SUCH_TEMPLATE'
  | 'NO_EARLIER_CHAMPION'
  | 'PART_TAKEN'
  | 'NOT_JSON'
  | 'QUERY_REFUSED'
  | 'QUERY_FAILED';

/**
 * The caller's data or wish breaks a rule of the store; doing the same again fails the same way.
 * What the disk does (no space, no permission) comes as the system's own error instead, and may be tried again.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly retryable = false;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
