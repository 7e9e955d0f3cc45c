/** Reads requests and writes responses: plain JSON bodies, labelled as simulated. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, errorBody } from './api-error.ts';

/** Largest request body, in bytes; above it a request is refused with 413. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;
export const JSON_TYPE = 'application/json';

/** The whole body. Throws `ApiError` `BODY_TOO_LARGE`. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes <= MAX_BODY_BYTES) parts.push(part);
  }
  if (sizeBytes > MAX_BODY_BYTES) {
    throw new ApiError(
      'BODY_TOO_LARGE',
      `The body has ${sizeBytes} bytes; at most ${MAX_BODY_BYTES} are taken.`,
    );
  }
  return Buffer.concat(parts);
}

/** Sends a whole response. */
export function sendBody(response: ServerResponse, status: number, body: string, type = JSON_TYPE): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'prose-simulated': 'true',
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
