/** The other side of `runInThread`: what a job does in its thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { JobAnswer } from './run-in-thread.ts';

/** Does the work on the input of this thread, and answers with what comes of it. */
export async function answer<T>(work: (input: never) => T | Promise<T>): Promise<void> {
  let found: JobAnswer<T>;
  try {
    found = { value: await work((workerData as { readonly input: never }).input) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
    found = { error: { name: error.name, code, message: error.message } };
  }
  parentPort?.postMessage(found, []);
}
