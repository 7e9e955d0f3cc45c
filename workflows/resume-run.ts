/** Goes on with a run whose last execution has ended without success. */
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { internalActivities, orFail } from './internal-activity.ts';
import { OUTCOMES_QUERY } from './messages.ts';
import { resetOutcomes } from './reset-outcomes.ts';
import { readMemory, type RunMemory } from './run-memory.ts';

const { recallRun } = internalActivities({ summary: 'Read what the last execution has come to' });

/**
 * What the run goes on with: its plan and options as they were, and the outcomes that are kept.
 *
 * @param task path of an instance that runs again in any case.
 * @throws ApplicationFailure `NOTHING_TO_RESUME`, `UNKNOWN_TASK`.
 */
export async function resumeRun(task: string | undefined): Promise<RunMemory> {
  const { workflowId } = workflowInfo();
  const memory = await readMemory(await orFail(recallRun({ runId: workflowId, query: OUTCOMES_QUERY })));
  const outcomes = resetOutcomes(memory.pinned.definition.tasks, memory.outcomes, task);
  if (outcomes !== undefined) return { ...memory, isPaused: false, outcomes };
  throw ApplicationFailure.nonRetryable(`No task '${task ?? ''}' of this run has begun.`, 'UNKNOWN_TASK');
}
