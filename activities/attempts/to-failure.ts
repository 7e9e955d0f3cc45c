/** The failure by which Temporal hears of an error, kept to a size. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { isDiskFull, isReadOnly } from '../../definitions/documents/system-error.ts';
import { cutText } from '../../definitions/model/cut-text.ts';
import { jsonBytes } from '../../definitions/model/value-size.ts';

/** Characters of a failure's message; the log of the run has all of it. */
const MAX_MESSAGE_CHARS = 10_000;
/** Bytes of a failure's details as JSON. */
const MAX_DETAILS_BYTES = 100_000;

/** Errors tell their code and whether to retry by fields of these names, whatever their class. */
export function toFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return fit(error);
  if (isDiskFull(error)) return unwritable(error, 'DISK_FULL', 'is full');
  if (isReadOnly(error)) return unwritable(error, 'DISK_READ_ONLY', 'may be read only');
  const { code, retryable, message, name } =
    error instanceof Error ? withCode(error) : { message: String(error) };
  return ApplicationFailure.create({
    message: cutText(message ?? String(error), MAX_MESSAGE_CHARS),
    type: code ?? name ?? 'Error',
    nonRetryable: retryable === false,
    ...(error instanceof Error && isShort(error) ? { cause: error } : {}),
  });
}

const UNWRITABLE_WAITS_MS = { first: 10_000, longest: 60_000 };

/** Tried again after longer and longer: at once nothing could be written still. */
function unwritable(error: unknown, type: 'DISK_FULL' | 'DISK_READ_ONLY', state: string): ApplicationFailure {
  const { attempt } = Context.current().info;
  return ApplicationFailure.create({
    type,
    message: cutText(
      `The disk of the project's data ${state} (${error instanceof Error ? error.message : String(error)}). What was answered is kept, and nothing is asked until it can be written.`,
      MAX_MESSAGE_CHARS,
    ),
    nextRetryDelay: Math.min(UNWRITABLE_WAITS_MS.longest, UNWRITABLE_WAITS_MS.first * 2 ** (attempt - 1)),
    ...(error instanceof Error && isShort(error) ? { cause: error } : {}),
  });
}

/** The failure itself unless it is too large. */
function fit(failure: ApplicationFailure): ApplicationFailure {
  const { message, type, nonRetryable, nextRetryDelay, category, details } = failure;
  const isSmall = jsonBytes(details ?? []) <= MAX_DETAILS_BYTES;
  if (isShort(failure) && isSmall) return failure;
  return ApplicationFailure.create({
    message: cutText(message, MAX_MESSAGE_CHARS),
    ...(type != null && { type }),
    ...(nonRetryable != null && { nonRetryable }),
    ...(nextRetryDelay != null && { nextRetryDelay }),
    ...(category != null && { category }),
    ...(isSmall && details != null && { details }),
  });
}

/** Whether an error and its causes may go with the failure: the stack of each has its message once more. */
function isShort(error: Error): boolean {
  let chars = 0;
  for (let each: unknown = error; each instanceof Error; each = each.cause)
    chars += each.message.length + (each.stack?.length ?? 0);
  return chars <= 4 * MAX_MESSAGE_CHARS && error.message.length <= MAX_MESSAGE_CHARS;
}

interface CodedError {
  readonly message?: string;
  readonly name?: string;
  readonly code?: string;
  readonly retryable?: boolean;
}

function withCode(error: Error): CodedError {
  const { message, name } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const retryable =
    'retryable' in error && typeof error.retryable === 'boolean' ? { retryable: error.retryable } : {};
  return { message, name, ...code, ...retryable };
}
