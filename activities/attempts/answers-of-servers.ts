/** Answers of servers that nobody vouches for, as every activity that asks one by HTTP takes them. */

/**
 * The bytes of a body, or what a stream unpacks to.
 *
 * @returns undefined where there are more than `maxBytes`; the rest is not waited for, and the connection is closed.
 */
export async function collectBytes(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const collected: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) return undefined;
    collected.push(chunk);
  }
  return Buffer.concat(collected);
}

/** Whether a status says that the same request may be answered later: too slow, too many, or the server's own fault. */
export function mayPass(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
