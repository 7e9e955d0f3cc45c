import type { Pool } from 'undici';
import { ModelError } from './model-error.ts';

/** Largest answer that is read. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

export interface PostOptions {
  /** Names the server in errors. */
  readonly endpoint: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
  /** From now until the last byte of the answer, waiting for a connection included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * One POST and its whole answer. Throws the signal's reason when aborted, else `ModelError` `CONNECTION_FAILED`
 * (an answer that was cut included), `TIMEOUT` or `ANSWER_TOO_LARGE`; each of them closes the connection, which is
 * what makes a server stop generating. Written on `dispatch`: undici's `request` with a signal costs a third more here.
 */
export function post(pool: Pool, options: PostOptions): Promise<HttpAnswer> {
  const { endpoint, signal, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(toError(signal.reason));
      return;
    }
    let stop: ((reason: Error) => void) | undefined;
    let failure: Error | undefined;
    const fail = (error: Error): void => {
      if (failure !== undefined) return;
      failure = error;
      end();
      reject(error);
      stop?.(error);
    };
    const onAbort = (): void => fail(toError(signal.reason));
    const timer = setTimeout(
      () => fail(new ModelError('TIMEOUT', endpoint, `${endpoint} did not answer within ${timeoutMs} ms.`)),
      timeoutMs,
    );
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort);

    let status = 0;
    let retryAfter: string | undefined;
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    pool.dispatch(
      { method: 'POST', path: options.path, headers: options.headers, body: options.body },
      {
        onRequestStart(controller) {
          stop = (reason) => controller.abort(reason);
          // Given up while it waited for a connection.
          if (failure !== undefined) stop(failure);
        },
        onResponseStart(_controller, statusCode, headers) {
          status = statusCode;
          const header = headers['retry-after'];
          retryAfter = Array.isArray(header) ? header[0] : header;
        },
        onResponseData(_controller, chunk) {
          sizeBytes += chunk.length;
          if (sizeBytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
          else fail(tooLarge(endpoint));
        },
        onResponseEnd() {
          end();
          resolve({ status, retryAfter, text: Buffer.concat(chunks, sizeBytes).toString('utf8') });
        },
        onResponseError(_controller, error) {
          fail(connectionFailed(endpoint, error));
        },
      },
    );
  });
}

function tooLarge(endpoint: string): ModelError {
  return new ModelError(
    'ANSWER_TOO_LARGE',
    endpoint,
    `${endpoint} answered with more than ${MAX_ANSWER_BYTES} bytes.`,
  );
}

function connectionFailed(endpoint: string, error: Error): ModelError {
  return new ModelError(
    'CONNECTION_FAILED',
    endpoint,
    `The connection to ${endpoint} failed: ${error.message}.`,
    {
      cause: error,
    },
  );
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
