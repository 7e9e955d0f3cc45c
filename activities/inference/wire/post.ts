import { isUtf8 } from 'node:buffer';
import type { Dispatcher, Pool } from 'undici';
import { abortReason, listen, unlisten, type Abortable } from '../../concurrency/abort-listeners.ts';
import { ModelError } from '../model-error.ts';
import { unpack } from './unpack.ts';

/** Largest answer that is read. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Where a redirect leads. */
  readonly location: string | undefined;
  readonly text: string;
  /** Whether the text is what was sent; else bytes that are no UTF-8 were replaced in it. */
  readonly isUtf8: boolean;
}

export interface PostOptions {
  /** Names the server in errors. */
  readonly endpoint: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
  /** From now until the last byte of the answer, waiting for a connection included. */
  readonly timeoutMs: number;
  /** How much longer to wait when that is over, and again when this is; 0 = not at all. @param elapsedMs so far. */
  readonly moreMs?: (elapsedMs: number) => number | Promise<number>;
  readonly signal: AbortSignal;
}

/**
 * One POST and its whole answer. Throws the signal's reason when aborted, else `ModelError` `CONNECTION_FAILED`
 * (an answer that was cut included), `TIMEOUT` or `ANSWER_TOO_LARGE`; each of them closes the connection, which is
 * what makes a server stop generating.
 */
export function post(pool: Pool, options: PostOptions): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const exchange = new Exchange(options, resolve, reject);
    if (exchange.isOver) return;
    const { path, headers, body } = options;
    pool.dispatch({ method: 'POST', path, headers, body }, exchange);
  });
}

/**
 * A handler of undici's `dispatch` rather than its `request`, and a class rather than closures: this is what is run
 * for every call, and half of the client's own time went into streams, listeners and function objects.
 */
class Exchange implements Dispatcher.DispatchHandler, Abortable {
  /** Whether the promise is settled. */
  isOver = false;
  place = -1;
  private readonly options: PostOptions;
  private readonly resolve: (answer: HttpAnswer) => void;
  private readonly reject: (error: Error) => void;
  private timer: NodeJS.Timeout | undefined;
  private readonly startedAt = performance.now();
  private controller: Dispatcher.DispatchController | undefined;
  private failure: Error | undefined;
  private status = 0;
  private headers: Headers = {};
  private readonly chunks: Buffer[] = [];
  private sizeBytes = 0;

  constructor(options: PostOptions, resolve: (answer: HttpAnswer) => void, reject: (error: Error) => void) {
    this.options = options;
    this.resolve = resolve;
    this.reject = reject;
    if (options.signal.aborted) {
      this.abort(abortReason(options.signal));
      return;
    }
    listen(options.signal, this);
    this.timer = setTimeout(timeOut, options.timeoutMs, this);
  }

  abort(reason: Error): void {
    this.fail(reason);
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.failure = error;
    this.end();
    this.reject(error);
    this.controller?.abort(error);
  }

  async timeOut(): Promise<void> {
    const { endpoint, moreMs } = this.options;
    const elapsedMs = performance.now() - this.startedAt;
    const left = (await moreMs?.(elapsedMs)) ?? 0;
    if (this.isOver) return;
    if (left > 0) {
      this.timer = setTimeout(timeOut, left, this);
      return;
    }
    const seconds = Number((elapsedMs / 1000).toPrecision(3));
    this.fail(new ModelError('TIMEOUT', endpoint, `${endpoint} did not answer within ${seconds} s.`));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // Given up while it waited for a connection.
    if (this.failure !== undefined) controller.abort(this.failure);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.sizeBytes += chunk.length;
    if (this.sizeBytes <= MAX_ANSWER_BYTES) {
      this.chunks.push(chunk);
      return;
    }
    const { endpoint } = this.options;
    const message = `${endpoint} answered with more than ${MAX_ANSWER_BYTES} bytes.`;
    this.fail(new ModelError('ANSWER_TOO_LARGE', endpoint, message));
  }

  onResponseEnd(): void {
    if (this.isOver) return;
    this.end();
    const [first] = this.chunks;
    const sent = first !== undefined && this.chunks.length === 1 ? first : Buffer.concat(this.chunks);
    const coding = firstOf(this.headers['content-encoding']);
    const whole = coding === undefined ? sent : unpack(sent, coding, MAX_ANSWER_BYTES);
    this.resolve({
      status: this.status,
      retryAfter: retryAfterOf(this.headers),
      location: firstOf(this.headers['location']),
      text: whole.toString('utf8'),
      isUtf8: isUtf8(whole),
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const { endpoint } = this.options;
    const message = `The connection to ${endpoint} failed: ${error.message}.`;
    this.fail(new ModelError('CONNECTION_FAILED', endpoint, message, { cause: error }));
  }

  private end(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    unlisten(this.options.signal, this);
  }
}

function timeOut(exchange: Exchange): void {
  void exchange.timeOut();
}

/** OpenAI and Azure say it in milliseconds, too. */
function retryAfterOf(headers: Headers): string | undefined {
  const ms = firstOf(headers['retry-after-ms']);
  return ms !== undefined && /^\d+(\.\d+)?$/.test(ms)
    ? String(Number(ms) / 1000)
    : firstOf(headers['retry-after']);
}

type Headers = { readonly [name: string]: string | string[] | undefined };

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
