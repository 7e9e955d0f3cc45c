/** Work of seconds that lets the event loop turn meanwhile, where a thread would take longer to begin than most of it takes. */
import { setImmediate } from 'node:timers/promises';

/** Between two turns of the event loop, milliseconds. */
const SLICE_MS = 20;

/** Does the work, which yields wherever it may be interrupted, and gives what it returns. */
export async function inSlices<T>(work: Generator<unknown, T>): Promise<T> {
  let begunAt = performance.now();
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (performance.now() - begunAt < SLICE_MS) continue;
    await setImmediate();
    begunAt = performance.now();
  }
}
