import { join } from 'node:path';
import { endProcess } from './end-process.ts';
import { withFileLock } from './file-lock.ts';
import { partNames, type PartName } from './stack-part.ts';
import { readStackState, stackDirectory } from './stack-state.ts';

/** How long each part may take to end by itself, in milliseconds; a worker lets its activities come to a stop. */
export const gracePeriodsMs: { readonly [name in PartName]: number } = {
  temporal: 10_000,
  models: 5_000,
  localModel: 5_000,
  worker: 20_000,
};

/**
 * Ends the processes that `startStack` started for this project, and no others; returns those that ran.
 * Data, logs and Temporal's database stay, and so does the record of the ports, for the next start.
 */
export async function stopStack(root: string): Promise<readonly PartName[]> {
  return withFileLock(join(stackDirectory(root), 'stack.lock'), async () => {
    const state = await readStackState(root);
    const ended: PartName[] = [];
    for (const name of partNames.toReversed()) {
      const part = state[name];
      if (part !== undefined && (await endProcess(part.process, gracePeriodsMs[name]))) ended.push(name);
    }
    return ended;
  });
}
