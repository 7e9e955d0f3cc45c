/** Starts workflows under ids whose last execution may still be about to end. */
import { sleep } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';

/**
 * From a try to the next, a minute in all: running activities learn of a cancellation with their next heartbeat. Each try takes
 * four events of the history, so with 200 children there must be few.
 */
const WAITS = ['1s', '1s', '2s', '4s', '8s', '16s', '28s'] as const;

/**
 * What `start` comes to. The parts of a run that was cut off are cancelled by Temporal, which takes a while: what goes on
 * with them waits for their end, for a minute.
 *
 * @param goesOn whether there may be such an execution at all.
 */
export async function onceEnded<T>(start: () => Promise<T>, goesOn: boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await start();
    } catch (error) {
      const wait = goesOn ? WAITS[tries] : undefined;
      if (wait === undefined || !(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await sleep(wait);
    }
  }
}
