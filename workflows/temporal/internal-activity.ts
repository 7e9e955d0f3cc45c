/** Activities of the interpreter itself, on the run's own task queue; definitions cannot name them. */
import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import { askAgain, isHandedBack } from './handed-back.ts';
import type { PinnedRun, PinRunRequest } from '../../activities/pinning/pin-run.ts';
import type { MemoryActivities } from '../../activities/pinning/run-memory.ts';

interface InternalActivities extends MemoryActivities {
  readonly pinRun: (request: PinRunRequest) => Promise<PinnedRun>;
}

/**
 * The internal activities, with the same options.
 *
 * @param options such as a `summary`, and an `activityId` for what a run needs once.
 */
export function internalActivities(options: ActivityOptions): InternalActivities {
  return proxyActivities<InternalActivities>({
    startToCloseTimeout: '1m',
    retry: { initialInterval: '1s', maximumAttempts: 5 },
    ...options,
  });
}

/** What an internal activity comes to. Throws its failure as the run's own: non-retryable, with its type, message and details. */
export async function orFail<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isHandedBack(error)) return orFail(() => askAgain(ask));
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure)) throw error;
    const { type, message, details } = cause;
    throw ApplicationFailure.create({
      message,
      nonRetryable: true,
      type: type ?? 'Error',
      details: details ?? [],
    });
  }
}
