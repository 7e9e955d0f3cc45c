/** Reads requests and writes responses: plain bodies of JSON. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, errorBody } from './api-error.ts';

/** Largest request body, in bytes; above it a request is refused with 413. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;
export const JSON_TYPE = 'application/json';
export const EVENTS_TYPE = 'text/event-stream; charset=utf-8';

/**
 * The whole body of a request that says it is JSON. Rejects with `ApiError` `BODY_TOO_LARGE` or `WRONG_CONTENT_TYPE`, or
 * with the connection's error if the client has gone.
 */
export async function readJson(request: IncomingMessage): Promise<Buffer> {
  const body = await readBody(request);
  if (/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return body;
  throw new ApiError('WRONG_CONTENT_TYPE', `Unsupported Media Type: Only '${JSON_TYPE}' is allowed`);
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (part: Buffer) => {
      sizeBytes += part.length;
      if (sizeBytes <= MAX_BODY_BYTES) parts.push(part);
    });
    request.once('error', reject);
    request.once('end', () => {
      if (sizeBytes <= MAX_BODY_BYTES) return resolve(Buffer.concat(parts));
      const message = `The body has ${sizeBytes} bytes; at most ${MAX_BODY_BYTES} are taken.`;
      return reject(new ApiError('BODY_TOO_LARGE', message));
    });
  });
}

/** Sends a whole response. */
export function sendBody(response: ServerResponse, status: number, body: string, type = JSON_TYPE): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Refuses a request; one that has begun to be answered is cut. */
export function sendError(error: unknown, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
  } else if (error instanceof ApiError) {
    sendBody(response, error.status, errorBody(error.status, error.type, error.message, error.param));
  } else {
    const message = error instanceof Error ? error.message : String(error);
    sendBody(response, 500, errorBody(500, 'InternalServerError', message));
  }
}
