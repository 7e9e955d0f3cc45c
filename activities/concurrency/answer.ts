/** The other side of a `JobThread`: what a job does in its thread. */
import { parentPort } from 'node:worker_threads';
import type { JobAnswer } from './job-thread.ts';

/** Does the work on each input that comes, one after another, and answers with what comes of it. */
export function answer<T>(work: (input: never) => T | Promise<T>): void {
  parentPort?.on('message', (input: unknown) => {
    void attempt(work, input as never).then((found) => parentPort?.postMessage(found, []));
  });
}

async function attempt<T>(work: (input: never) => T | Promise<T>, input: never): Promise<JobAnswer<T>> {
  try {
    return { value: await work(input) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
    return { error: { name: error.name, code, message: error.message } };
  }
}
