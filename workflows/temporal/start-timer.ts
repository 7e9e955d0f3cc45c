/** Timers on Temporal. */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Timer } from '../tasks/wait-runner.ts';

/** A timer of the run; cancelled with the run. */
export function startTimer(ms: number, summary: string): Timer {
  const scope = new CancellationScope();
  const ranOut = scope
    .run(() => sleep(ms, { summary }))
    .then(
      () => true,
      (error: unknown) => {
        if (isCancellation(error)) return false;
        throw error;
      },
    );
  return { ranOut, cancel: () => scope.cancel() };
}
