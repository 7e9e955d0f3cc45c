/** Activities that only workers of another project have taken so far: they are asked for until one of the right project has. */
import { ActivityFailure, ApplicationFailure, sleep } from '@temporalio/workflow';
import { OTHER_PROJECT } from '../../definitions/model/other-project.ts';

/** Workers wait a little themselves, for as many attempts as the retry policy allows; each of these waits costs events. */
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;

export function isHandedBack(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === OTHER_PROJECT
  );
}

/** Waits, and asks until what comes back, or the failure, is not another project's. To be called once that one has handed it back. */
export async function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    await sleep(waitMs);
    try {
      return await ask();
    } catch (error) {
      if (!isHandedBack(error)) throw error;
    }
  }
}
