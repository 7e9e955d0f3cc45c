/** Looks at a run on Temporal: its status tree, and the heartbeats of its activities. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { SLICE_WORKFLOW, type RunStatus } from '../../workflows/messages.ts';
import { parseFields } from '../../definitions/documents/json-text.ts';
import { withTruth } from './closed-status.ts';
import { ProgressTracker, type PendingProgress, type TaskProgress } from './progress-tracker.ts';
import { orNoSuchRun } from '../temporal/runs.ts';
import { askStatusOf, withSlices } from './run-slices.ts';
import type { TemporalSession } from '../temporal/temporal-session.ts';

/** A query waits for a worker, a call for a server; without one neither must hang. */
const timeoutMs = 10_000;

export interface RunView {
  /** Absent while the run goes on and no worker answers. */
  readonly status?: RunStatus;
  /** The runs inside it, of any depth, that wait for somebody; of the first 10 that are open in each. */
  readonly inside?: readonly RunStatus[];
  readonly pending: readonly PendingProgress[];
  readonly progress: ReadonlyMap<string, TaskProgress>;
  readonly isEnded: boolean;
}

/** Each of them is asked at every look. */
const MOST_INSIDE = 10;

interface RunWithSlices {
  readonly status: RunStatus | undefined;
  /** What Temporal says of the run, and then of its slices. */
  readonly parts: readonly [WorkflowExecutionDescription, ...WorkflowExecutionDescription[]];
}

/** Looks at one run again and again; rates come from the difference between looks. */
export class RunWatcher {
  readonly #session: TemporalSession;
  readonly #runId: string;
  readonly #tracker = new ProgressTracker();

  constructor(session: TemporalSession, runId: string) {
    this.#session = session;
    this.#runId = runId;
  }

  /** Throws `CliError` `NO_SUCH_RUN`, and the client's errors when the server cannot be reached. */
  async look(): Promise<RunView> {
    const { status, parts } = await orNoSuchRun(this.#runId, this.#lookAt(this.#runId));
    const pending = parts.flatMap(pendingOf);
    const inside = await this.#waitingInside(parts);
    return {
      pending,
      progress: this.#tracker.update(Date.now(), pending),
      isEnded: parts[0].status.name !== 'RUNNING',
      ...(status !== undefined && { status }),
      ...(inside.length > 0 && { inside }),
    };
  }

  /** A run with its slices, which are seen as one. */
  async #lookAt(runId: string): Promise<RunWithSlices> {
    const description = await this.#describe(runId);
    const ask = askStatusOf(this.#session, timeoutMs);
    const own = await ask(runId);
    const status = await this.#withOutputs(
      withTruth(own && (await withSlices(own, ask)), description),
      description,
    );
    const slices = await Promise.all((status?.slices ?? []).map(({ id }) => this.#describe(id)));
    return { status, parts: [description, ...slices] };
  }

  /** Outputs that are too large for an answer are the result of the run still. */
  async #withOutputs(
    status: RunStatus | undefined,
    { workflowId, status: { name } }: WorkflowExecutionDescription,
  ): Promise<RunStatus | undefined> {
    if (status?.cut?.outputs === undefined || name !== 'COMPLETED') return status;
    const outputs: RunStatus['outputs'] = await this.#session.client.workflow.getHandle(workflowId).result();
    return { ...status, outputs };
  }

  /** The runs inside a run that wait for somebody. */
  async #waitingInside(parts: readonly WorkflowExecutionDescription[]): Promise<readonly RunStatus[]> {
    const open = parts
      .flatMap(({ raw }) => raw.pendingChildren ?? [])
      .filter(({ workflowTypeName }) => workflowTypeName !== SLICE_WORKFLOW)
      .slice(0, MOST_INSIDE);
    const looks = open.map(async ({ workflowId }): Promise<readonly RunStatus[]> => {
      const inner = await this.#lookAt(workflowId ?? '');
      const waits = (inner.status?.waiting.length ?? 0) > 0 || inner.status?.paused === true;
      return [...(waits && inner.status ? [inner.status] : []), ...(await this.#waitingInside(inner.parts))];
    });
    return (await Promise.all(looks)).flat();
  }

  #describe(workflowId: string): Promise<WorkflowExecutionDescription> {
    const { client, connection } = this.#session;
    return connection.withDeadline(Date.now() + timeoutMs, () =>
      client.workflow.getHandle(workflowId).describe(),
    );
  }
}

function pendingOf({ raw }: WorkflowExecutionDescription): readonly PendingProgress[] {
  return (raw.pendingActivities ?? []).map(({ activityId, attempt, heartbeatDetails, lastFailure }) => ({
    instance: activityId ?? '',
    attempt: attempt ?? 1,
    ...(lastFailure != null && { lastFailure: failureText(lastFailure) }),
    ...progressOf(heartbeatDetails?.payloads?.[0]?.data),
  }));
}

interface RawFailure {
  readonly message?: string | null;
  readonly applicationFailureInfo?: { readonly type?: string | null } | null;
}

/** `TYPE: message`; a timeout has no type. */
function failureText({ message, applicationFailureInfo }: RawFailure): string {
  const type = applicationFailureInfo?.type;
  return [type, message].filter(Boolean).join(': ');
}

/** Heartbeat details are one JSON payload; anything else is no progress of ours. */
function progressOf(data: Uint8Array | null | undefined): Pick<PendingProgress, 'progress'> {
  if (data == null) return {};
  const { done, total, unit, note } = parseFields(Buffer.from(data).toString('utf8')) ?? {};
  if (typeof done !== 'number' || typeof total !== 'number' || typeof unit !== 'string') return {};
  return { progress: { done, total, unit, ...(typeof note === 'string' && { note }) } };
}
