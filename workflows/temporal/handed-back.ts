/** Activities that only workers of another project have taken so far: they are asked for until one of the right project has. */
import { ActivityFailure, ApplicationFailure, patched, sleep } from '@temporalio/workflow';
import { OTHER_PROJECT } from '../../definitions/model/other-project.ts';

/** Workers wait a little themselves, for as many attempts as the retry policy allows; each of these waits costs events. */
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;

export function isHandedBack(error: unknown): boolean {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) return false;
  const { type, message } = error.cause;
  return type === OTHER_PROJECT || (isUnseen(message) && patched('unseen-inputs'));
}

/** Whether a worker did not see an input, which lies in another project's store: the SDK says so in words of its own. */
function isUnseen(message: string): boolean {
  return message.startsWith('Failed to parse activity args') && message.includes(`: ${OTHER_PROJECT}: `);
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
