import { patched } from '@temporalio/workflow';

/** Whether values that there is no room for are left out, which earlier versions did not do. The mark is durable. */
export function mayWithhold(): boolean {
  return patched('bounded-values');
}
