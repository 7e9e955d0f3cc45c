/** Shows the summary of a run, or of a slice, as its "current details" in the Temporal UI. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { StatusOfRun } from './run-status.ts';

/** A function to be called at every change; what changes at once is drawn up once. */
export function createSummary(status: StatusOfRun): () => void {
  let isStale = false;
  return () => {
    if (isStale) return;
    isStale = true;
    void Promise.resolve().then(() => {
      isStale = false;
      setCurrentDetails(status.summary());
    });
  };
}
