/** How large the values of a run may be. Pure; runs inside the workflow sandbox. */

/**
 * Bytes of UTF-8 that one value may take as JSON: what a task is given, what it returns, the params and the outputs of a
 * run. Temporal's own limit is 2 MiB, which must hold what is sent around the value, too.
 */
export const MAX_VALUE_BYTES = 2_000_000;

/** Error type of what is larger. Durable. */
export const PAYLOAD_TOO_LARGE = 'PAYLOAD_TOO_LARGE';

/** Thrown for a value that is too large. Another attempt would do all the work again, for the same. */
export class PayloadTooLarge extends Error {
  override readonly name = 'PayloadTooLarge';
  readonly code = PAYLOAD_TOO_LARGE;
  readonly retryable = false;
}

/**
 * @param subject what it is, as the message begins: `The input of task 'a'`.
 * @param text the value as JSON.
 * @throws PayloadTooLarge
 */
export function assertFits(subject: string, text: string): void {
  // No character takes more than three bytes for each of its UTF-16 code units.
  if (text.length * 3 <= MAX_VALUE_BYTES) return;
  const bytes = utf8Bytes(text);
  if (bytes <= MAX_VALUE_BYTES) return;
  throw new PayloadTooLarge(
    `${subject} takes ${sayCount(bytes)} bytes as JSON, and ${sayCount(MAX_VALUE_BYTES)} are the most. Hand on a reference instead, such as the path of a file or a shard of a table.`,
  );
}

/** Bytes of a value as JSON. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value) ?? '');
}

const encoder = new TextEncoder();

function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}

/** `2,345,678`. The sandbox need not have locales. */
function sayCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
