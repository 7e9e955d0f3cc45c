/** `GET /v1/models` of an endpoint: what it serves, and whether it is there at all. */
import { isFields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import type { Fields } from '../../../definitions/documents/fields.ts';
import type { Endpoint } from './endpoints.ts';

/** A server that runs answers this at once, even under load. */
const TIMEOUT_MS = 5_000;
/** A list of models is short; whatever answers with more is something else. */
const MAX_BYTES = 4 * 1024 * 1024;

interface Models {
  readonly status: number;
  readonly entries: readonly Fields[];
}

/** Undefined if there is no answer. */
export async function askModels(
  { route }: Endpoint,
  secret: string | undefined,
): Promise<Models | undefined> {
  try {
    const { statusCode, body } = await route.pool.request({
      method: 'GET',
      path: route.url.pathname.replace(/\/chat\/completions$/, '/models') + route.url.search,
      headers: secret === undefined ? {} : { authorization: `Bearer ${secret}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_BYTES) return { status: statusCode, entries: [] };
      chunks.push(chunk);
    }
    const list = parseJson(Buffer.concat(chunks).toString());
    const entries: readonly unknown[] = isFields(list) && Array.isArray(list['data']) ? list['data'] : [];
    return { status: statusCode, entries: entries.filter((entry): entry is Fields => isFields(entry)) };
  } catch {
    return undefined;
  }
}
