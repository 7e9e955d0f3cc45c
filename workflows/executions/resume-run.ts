/** Goes on with a run, or a slice of one, whose last execution has ended without success. */
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { Recalled } from '../../activities/pinning/run-memory.ts';
import type { Value } from '../../definitions/model/types.ts';
import { internalActivities, orFail } from '../temporal/internal-activity.ts';
import { OUTCOMES_QUERY } from '../messages.ts';
import type { OutcomeRecord } from '../state/outcomes.ts';
import { resetItems, resetOutcomes } from './reset-outcomes.ts';
import { readPieces, type RunMemory, type SliceMemory } from './run-memory.ts';
import type { SliceCall } from '../items/slices.ts';

type Values = { readonly [name: string]: Value };

const { recallRun } = internalActivities({ summary: 'Read what the last execution has come to' });

/**
 * What the run goes on with: its plan and options as they were, and the outcomes that are kept.
 *
 * @param task path of an instance that runs again in any case.
 * @param project whose run it is, if that is known.
 * @throws ApplicationFailure `NOTHING_TO_RESUME`, `UNKNOWN_TASK`.
 */
export async function resumeRun(task: string | undefined, project: string | undefined): Promise<RunMemory> {
  const { workflowId } = workflowInfo();
  const request = { runId: workflowId, query: OUTCOMES_QUERY, ...(project !== undefined && { project }) };
  const memory = await readPieces<RunMemory>(await orFail(() => recallRun(request)));
  const outcomes = resetOutcomes(memory.pinned.definition.tasks, memory.outcomes, task);
  if (outcomes !== undefined) return { ...memory, isPaused: false, outcomes };
  throw ApplicationFailure.nonRetryable(`No task '${task ?? ''}' of this run has begun.`, 'UNKNOWN_TASK');
}

/**
 * The same of a run that another one runs. One that has succeeded without the other's knowing is kept whole.
 *
 * @param params as given to it now.
 * @returns undefined if there is nothing to go on with: no earlier execution, or one with other params.
 */
export async function resumeChildRun(
  params: Values,
  project: string | undefined,
): Promise<RunMemory | undefined> {
  const { workflowType } = workflowInfo();
  const recalled = await recallPart(project);
  if (recalled === undefined) return undefined;
  const memory = await readPieces<RunMemory>(recalled);
  const { definition, params: pinned } = memory.pinned;
  const isSame = Object.entries(params).every(([name, value]) => isEqual(value, pinned[name] ?? null));
  if (definition.name !== workflowType || !isSame) return undefined;
  const outcomes =
    recalled.hasSucceeded === true ? memory.outcomes : resetOutcomes(definition.tasks, memory.outcomes);
  return outcomes && { ...memory, isPaused: false, outcomes };
}

/** What a slice goes on with; nothing has ended if no earlier execution had the same items. */
export async function resumeSlice(
  { task, path, items, scope, resumes }: SliceCall,
  project: string | undefined,
): Promise<OutcomeRecord> {
  const recalled = await recallPart(project);
  const memory = recalled && (await readPieces<SliceMemory>(recalled));
  if (memory === undefined || !isEqual([memory.items, memory.scope], [items, scope]))
    return { settled: {}, open: {} };
  return resetItems(task, path, memory.outcomes, resumes?.task);
}

/** What the last execution under this workflow id had come to, which a run has started as a part of itself. */
async function recallPart(project: string | undefined): Promise<Recalled | undefined> {
  const { workflowId } = workflowInfo();
  const whose = project === undefined ? {} : { project };
  const request = { runId: workflowId, query: OUTCOMES_QUERY, isPart: true, ...whose } as const;
  const recalled = await orFail(() => recallRun(request));
  return recalled.pieces.length === 0 ? undefined : recalled;
}

/** Both come from the same code, which gives the keys of a map in the same order. */
function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
