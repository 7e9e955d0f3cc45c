/** The error of an activity that knows what went wrong. */

/**
 * Thrown by activities. `code` becomes the failure's type in Temporal, so that `nonRetryableErrorTypes` and
 * `prose status` name it; not retryable unless said otherwise, since other errors are retried anyway.
 */
export class ActivityError extends Error {
  override readonly name = 'ActivityError';
  /** Stable, upper-case with underscores, e.g. `TOO_MANY_MISSING_SCORES`. */
  readonly code: string;
  /** Whether another attempt may succeed. Default false. */
  readonly retryable: boolean;

  constructor(
    code: string,
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
