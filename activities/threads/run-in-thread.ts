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

export interface ThreadOptions {
  /** After this the thread is ended, milliseconds. Default: never. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * What the job makes of its input. A thread takes about a second to begin: nothing for small work.
 *
 * @param job a module that calls `answer`.
 * @throws JobError as the job failed; `TIMED_OUT` after `timeoutMs`; the signal's reason when it is aborted.
 */
export function runInThread<T>(
  job: URL,
  input: unknown,
  { timeoutMs, signal }: ThreadOptions = {},
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const thread = new Worker(BOOT, { eval: true, workerData: { job: job.href, loader: LOADER, input } });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      settle();
      void thread.terminate();
    };
    const abort = (): void => end(() => reject(signal?.reason as Error));
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            end(() =>
              reject(new JobError('JobError', 'TIMED_OUT', `It has taken more than ${timeoutMs / 1_000} s.`)),
            );
          }, timeoutMs);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    thread.once('message', (answer: JobAnswer<T>) =>
      end(() => {
        if ('value' in answer) resolve(answer.value);
        else reject(new JobError(answer.error.name, answer.error.code, answer.error.message));
      }),
    );
    thread.once('error', (error) => end(() => reject(error)));
    thread.once('exit', (code) =>
      end(() => reject(new Error(`A thread ended with ${code} before it had answered.`))),
    );
  });
}
