/** Looks at a run on Temporal: its status tree, and the heartbeats of its activities. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { RunStatus } from '../workflows/messages.ts';
import { parseRecord } from '../deploy/stack/json-record.ts';
import { ProgressTracker, type PendingProgress, type TaskProgress } from './progress-tracker.ts';
import { orNoSuchRun } from './runs.ts';
import { askStatusOf, withSlices } from './run-slices.ts';
import type { TemporalSession } from './temporal-session.ts';

/** A query waits for a worker, a call for a server; without one neither must hang. */
const timeoutMs = 10_000;

export interface RunView {
  /** Absent while no worker answers. */
  readonly status?: RunStatus;
  readonly pending: readonly PendingProgress[];
  readonly progress: ReadonlyMap<string, TaskProgress>;
  readonly isEnded: boolean;
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
    const description = await orNoSuchRun(this.#runId, this.#describe(this.#runId));
    const ask = askStatusOf(this.#session, timeoutMs);
    const own = await ask(this.#runId);
    const status = own && (await withSlices(own, ask));
    const slices = await Promise.all((status?.slices ?? []).map(({ id }) => this.#describe(id)));
    const pending = [description, ...slices].flatMap(pendingOf);
    return {
      pending,
      progress: this.#tracker.update(Date.now(), pending),
      isEnded: description.status.name !== 'RUNNING',
      ...(status !== undefined && { status }),
    };
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
  const { done, total, unit } = parseRecord(Buffer.from(data).toString('utf8')) ?? {};
  if (typeof done !== 'number' || typeof total !== 'number' || typeof unit !== 'string') return {};
  return { progress: { done, total, unit } };
}
