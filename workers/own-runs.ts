/**
 * Leaves the runs of other projects to their workers, where several share the task queues of one Temporal server: what a worker
 * makes of such a run would lie in the wrong project's store. A run tells whose it is by the options that it was started
 * with, or by its memo as soon as it is pinned; a workflow task of another's is failed, with nothing done, and the server offers it again.
 */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { Worker } from '@temporalio/worker';
import { isFields } from '../definitions/documents/fields.ts';
import { SLICE_WORKFLOW } from '../workflows/messages.ts';
import { OTHER_PROJECT } from '../definitions/model/other-project.ts';

/** What is looked at of what the SDK knows of an execution. */
interface Execution {
  readonly workflowType: string;
  readonly continuedFromExecutionRunId?: string;
  readonly memo?: { readonly [name: string]: unknown };
}

/** What is looked at of what a run is told, as the SDK hands it over. */
interface Activation {
  readonly jobs?:
    | readonly { readonly initializeWorkflow?: { readonly arguments?: readonly Payload[] | null } | null }[]
    | null;
}

/** What is looked at of what a part of a run's work comes to, as the SDK hands it over. */
interface Completion {
  readonly successful?: {
    readonly commands?:
      | readonly {
          readonly modifyWorkflowProperties?: {
            readonly upsertedMemo?: { readonly fields?: { readonly [name: string]: Payload } | null } | null;
          } | null;
        }[]
      | null;
  } | null;
}

/** Watches the workflows of a worker, which must not have been run yet. @param project id of the worker's project. */
export function leaveOthersRuns(worker: Worker, project: string): void {
  // The SDK has no public place for it: its interceptors run in the sandbox, which is the same for all projects.
  const creator = worker['workflowCreator'];
  if (creator === undefined) return;
  const create = creator.createWorkflow.bind(creator);
  creator.createWorkflow = async (options) => {
    const workflow = await create(options);
    const activate = workflow.activate.bind(workflow);
    const { workflowId } = options.info;
    const pinned = pinnedProject(options.info);
    workflow.activate = async (activation) => {
      assertOwn(workflowId, pinned ?? givenProject(activation), project);
      const completion = await activate(activation);
      assertOwn(workflowId, toldProject(completion), project);
      return completion;
    };
    return workflow;
  };
}

/** The project that an execution's memo names; undefined for a first execution, whose memo is of whoever started it. */
export function pinnedProject({ workflowType, continuedFromExecutionRunId, memo }: Execution): unknown {
  const isOurs = workflowType === SLICE_WORKFLOW || continuedFromExecutionRunId !== undefined;
  return isOurs ? memo?.['project'] : undefined;
}

/** The project that a run was started for, by its options (workflows/messages.ts); undefined if it names none. */
export function givenProject({ jobs }: Activation): unknown {
  for (const { initializeWorkflow } of jobs ?? []) {
    const payload = initializeWorkflow?.arguments?.[1];
    if (payload == null) continue;
    const options: unknown = defaultPayloadConverter.fromPayload(payload);
    return isFields(options) ? options['project'] : undefined;
  }
  return undefined;
}

/** The project that a run tells with what it hands out; undefined if it tells none. */
export function toldProject({ successful }: Completion): unknown {
  for (const { modifyWorkflowProperties } of successful?.commands ?? []) {
    const payload = modifyWorkflowProperties?.upsertedMemo?.fields?.['project'];
    if (payload !== undefined) return defaultPayloadConverter.fromPayload(payload);
  }
  return undefined;
}

/** @param whose undefined for a run that is not pinned yet, and for one of an earlier version: it is any worker's. */
function assertOwn(workflowId: string, whose: unknown, project: string): void {
  if (typeof whose !== 'string' || whose === project) return;
  const message = `The run '${workflowId}' is of the project ${whose}; this worker is of the project ${project} and has left it alone. A prefix (PROSE_TASK_QUEUE_PREFIX) or a namespace of its own keeps each project's runs to its workers`;
  throw Object.assign(new Error(message), { name: OTHER_PROJECT });
}
