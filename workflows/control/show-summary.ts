/** Shows the summary of a run, or of a slice, as its "current details" in the Temporal UI. */
import { CancellationScope, condition, setCurrentDetails } from '@temporalio/workflow';
import type { StatusOfRun } from './run-status.ts';

/** A function to be called at every change; what an event changes is drawn up once, when all it has set off is done. */
export function createSummary(status: StatusOfRun): () => void {
  let isStale = false;
  const draw = (): boolean => {
    if (isStale) setCurrentDetails(status.summary());
    isStale = false;
    return false;
  };
  // Conditions are asked again when no other work is left; this one stays for ever.
  void CancellationScope.nonCancellable(() => condition(draw));
  return () => {
    isStale = true;
  };
}
