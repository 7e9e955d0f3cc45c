/** Starts workflows under ids whose last execution may still be about to end. */
import { sleep } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';

/** A second apart: running activities learn of a cancellation with their next heartbeat. */
const MOST_TRIES = 60;

/**
 * What `start` comes to. The parts of a run that was cut off are cancelled by Temporal, which takes a while: what goes on
 * with them waits for their end, for a minute.
 *
 * @param goesOn whether there may be such an execution at all.
 */
export async function onceEnded<T>(start: () => Promise<T>, goesOn: boolean): Promise<T> {
  for (let triesLeft = goesOn ? MOST_TRIES : 1; ; triesLeft -= 1) {
    try {
      return await start();
    } catch (error) {
      if (triesLeft === 1 || !(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await sleep('1s');
    }
  }
}
