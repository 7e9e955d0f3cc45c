/** Continue-as-new: lets the next execution of a run go on where this one must stop. */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  patched,
  workflowInfo,
} from '@temporalio/workflow';
import { Handover, MAX_HISTORY_BYTES, MAX_HISTORY_EVENTS } from '../temporal/handover.ts';
import { saveMemory, type RunMemory } from './run-memory.ts';

/** Durable: marks the histories of executions that may hand over. */
const PATCH = 'continue-as-new';

/** @param maxEvents default: 6,000. */
export function createHandover(maxEvents: number = MAX_HISTORY_EVENTS): Handover {
  return new Handover(() => {
    const { historyLength, historySize } = workflowInfo();
    return (historyLength >= maxEvents || historySize >= MAX_HISTORY_BYTES) && patched(PATCH);
  });
}

/**
 * What `running` comes to, unless the handover is due before: then the run continues as new, and this never returns.
 *
 * @param remember what the next execution is to know.
 */
export async function runOrHandOver<T>(
  running: Promise<T>,
  handover: Handover,
  remember: () => RunMemory,
): Promise<T> {
  const ended = running.then((value) => ({ value }));
  for (;;) {
    // Its predicate is asked when everything that an event has set off is done: nothing that has ended is forgotten.
    const due = CancellationScope.nonCancellable(() => condition(() => handover.isDue));
    const first = await Promise.race([ended, due]);
    if (first !== undefined) return first.value;
    await CancellationScope.nonCancellable(() => continueRun(remember, () => handover.isDue));
  }
}

/** Does nothing if, once all is saved, the handover is not wanted any more: the run was cancelled meanwhile. */
export async function continueRun(
  remember: () => RunMemory,
  isWanted: () => boolean = () => true,
): Promise<void> {
  await condition(allHandlersFinished);
  const saved = await saveMemory(remember);
  if (!isWanted()) return;
  const { params } = remember().pinned;
  await continueAsNew(params, {}, saved);
}

/** Resolves when everything that the event at hand has set off is done. To be called after the first `await` of a workflow. */
export async function untilQuiet(): Promise<void> {
  let isQuiet = false;
  const quiet = CancellationScope.nonCancellable(() => condition(() => isQuiet));
  // Conditions are asked again when no other work is left.
  isQuiet = true;
  await quiet;
}
