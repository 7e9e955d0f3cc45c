/** Work that takes seconds of CPU, in a thread of its own: in the worker's own thread no heartbeat of any activity would go out. */
import { Worker } from 'node:worker_threads';

/** What a job posts when it has ended. Both sides are copied from one thread to the other. */
export type JobAnswer<T> =
  | { readonly value: T }
  | { readonly error: { readonly name: string; readonly code: string; readonly message: string } };

/** A job's own failure, as `answer` (answer.ts) posted it. */
export class JobError extends Error {
  /** The code of the error in the thread; empty if it had none. */
  readonly code: string;
  /** The name of its class. */
  readonly thrown: string;

  constructor(thrown: string, code: string, message: string) {
    super(message);
    this.name = 'JobError';
    this.code = code;
    this.thrown = thrown;
  }
}

/** A thread does not inherit the loader of TypeScript. */
const LOADER = import.meta.resolve('tsx/esm/api');
const BOOT = `
  const { job, loader } = require('node:worker_threads').workerData;
  import(loader).then(({ register }) => { register(); return import(job); });
`;

export interface JobOptions {
  /** After this the thread is ended, milliseconds from the job's own begin. Default: never. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * A thread that does one job after another. It begins with the first, which takes about a second, and stays until `end`; it
 * keeps no process alive while it has nothing to do. A thread that had to be ended, or died, is followed by another one.
 */
export class JobThread<Input, Value> {
  readonly #job: URL;
  #thread: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param job a module that calls `answer`. */
  constructor(job: URL) {
    this.#job = job;
  }

  /** @throws JobError as the job failed; `TIMED_OUT` after `timeoutMs`; the signal's reason when it is aborted. */
  run(input: Input, options: JobOptions = {}): Promise<Value> {
    const turn = this.#last.then(() => this.#runNow(input, options));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Ends the thread, and with it the job that it does. */
  end(): void {
    void this.#thread?.terminate();
  }

  #runNow(input: Input, { timeoutMs, signal }: JobOptions): Promise<Value> {
    signal?.throwIfAborted();
    const thread = (this.#thread ??= this.#begin());
    return new Promise<Value>((resolve, reject) => {
      thread.postMessage(input, []);
      thread.ref();
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        thread.off('message', take).off('error', fail).off('exit', exit).unref();
      };
      const fail = (error: Error): void => {
        leave();
        // What it still does would answer the next job.
        this.#forget(thread);
        void thread.terminate();
        reject(error);
      };
      const take = (answer: JobAnswer<Value>): void => {
        leave();
        if ('value' in answer) resolve(answer.value);
        else reject(new JobError(answer.error.name, answer.error.code, answer.error.message));
      };
      const exit = (code: number): void =>
        fail(new Error(`A thread ended with ${code} before it had answered.`));
      const abort = (): void => fail(signal?.reason as Error);
      const late = (): void =>
        fail(new JobError('JobError', 'TIMED_OUT', `It has taken more than ${Number(timeoutMs) / 1_000} s.`));
      const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
      signal?.addEventListener('abort', abort);
      thread.on('message', take).on('error', fail).on('exit', exit);
    });
  }

  #begin(): Worker {
    const thread = new Worker(BOOT, { eval: true, workerData: { job: this.#job.href, loader: LOADER } });
    const forget = (): void => this.#forget(thread);
    return thread.on('error', forget).on('exit', forget);
  }

  #forget(thread: Worker): void {
    if (this.#thread === thread) this.#thread = undefined;
  }
}

/** Runs one job in a thread that is ended with it. As `JobThread.run`. */
export async function runInThread<Value>(job: URL, input: unknown, options?: JobOptions): Promise<Value> {
  const thread = new JobThread<unknown, Value>(job);
  try {
    return await thread.run(input, options);
  } finally {
    thread.end();
  }
}
