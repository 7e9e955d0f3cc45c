/** Runs definitions on a real Temporal server with the real interpreter and activities that are plain functions. */
import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { ActivityRequest } from '../../activities/activity.ts';
import { toFailure } from '../../activities/attempts/to-failure.ts';
import type { PinnedRun, PinRunRequest } from '../../activities/pinning/pin-run.ts';
import { createMemoryActivities } from '../../activities/pinning/run-memory.ts';
import { assertFits } from '../../definitions/model/value-size.ts';
import type { Definition, Value } from '../../definitions/model/types.ts';
import { packageRoot, workflowBundlePath } from '../../workers/workflow-bundle.ts';
import { STATUS_QUERY, type RunStatus } from '../../workflows/messages.ts';
import { payloads, store } from './payloads.ts';
import { installQuietRuntime, quietLogger, startTemporal } from './temporal.ts';

type Values = { readonly [name: string]: Value };
export type TestActivity = (input: Values, request: ActivityRequest) => Value | Promise<Value>;

export interface Engine {
  readonly address: string;
  readonly taskQueue: string;
  readonly client: Client;
  /** A definition that others may run; its activities are those of the run that does. */
  define(definition: Definition): void;
  /** Starts a run of a definition; its activities are taken from `activities` by name. */
  start(
    definition: Definition,
    activities: { readonly [name: string]: TestActivity },
    params?: Values,
  ): Promise<WorkflowHandle>;
  status(handle: WorkflowHandle): Promise<RunStatus>;
  /** Ends the worker and starts another, which knows of the runs only what their histories say. */
  restartWorker(): Promise<void>;
  close(): Promise<void>;
}

/** `pinRun` here gives the definition as it is; a param `refuse` makes it refuse the run, `events` shortens its histories. */
function pin(definition: Definition, taskQueue: string, { params, contract }: PinRunRequest): PinnedRun {
  if (params['refuse'] === true)
    throw ApplicationFailure.nonRetryable('refused', 'INVALID_PARAMS', { code: 'REFUSED' });
  const names = activityNames({ ...definition.tasks, ...definition.finally });
  const activities = Object.fromEntries(names.map((name) => [name, { taskQueue }]));
  const { events } = params;
  return {
    definition,
    params,
    settingsDigest: 'settings',
    digest: 'digest',
    seed: 0,
    activities,
    contract,
    ...(typeof events === 'number' ? { maxHistoryEvents: events } : {}),
  };
}

function activityNames(tasks: Definition['tasks']): string[] {
  return Object.values(tasks).flatMap((task) =>
    'tasks' in task ? activityNames(task.tasks) : 'activity' in task ? [task.activity] : [],
  );
}

/** The project whose runs an engine works for. */
export const engineProject = 'test';

/**
 * One worker on a task queue of its own, for the tests of one file.
 *
 * @param temporal address of its Temporal server. Default: the one that all tests share.
 */
export async function startEngine(temporal?: string): Promise<Engine> {
  const address = temporal ?? (await startTemporal()).address;
  installQuietRuntime();
  const taskQueue = `test-${randomUUID()}`;
  const definitions = new Map<string, Definition>();
  const activities = new Map<string, { readonly [name: string]: TestActivity }>();
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const registry = {
    ...createMemoryActivities(store, { project: engineProject, root: packageRoot }),
    pinRun: (request: PinRunRequest): PinnedRun => {
      const definition = definitions.get(request.definition);
      if (definition === undefined)
        throw ApplicationFailure.nonRetryable(request.definition, 'UNKNOWN_DEFINITION');
      return pin(definition, taskQueue, request);
    },
    // Temporal's name for the activity that takes all others.
    default: async (request: ActivityRequest): Promise<Value> => {
      const activity = activities.get(request.run.runId.split('/')[0] ?? '')?.[
        Context.current().info.activityType
      ];
      if (activity === undefined) throw new Error(`The test has no activity for task ${request.task}.`);
      try {
        const result = await activity(request.with as Values, request);
        assertFits(`The result of task '${request.task}'`, JSON.stringify(result));
        return result;
      } catch (error) {
        throw Context.current().cancellationSignal.aborted ? error : toFailure(error);
      }
    },
  };
  const createWorker = async (): Promise<{ readonly worker: Worker; readonly running: Promise<void> }> => {
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: { codePath: await workflowBundlePath(packageRoot, quietLogger) },
      activities: registry,
      dataConverter: { payloadCodecs: [payloads] },
      maxHeartbeatThrottleInterval: 200,
    });
    return { worker, running: worker.run() };
  };
  let current = await createWorker();
  const endWorker = async (): Promise<void> => {
    current.worker.shutdown();
    await current.running;
  };
  const client = new Client({ connection });
  return {
    address,
    taskQueue,
    client,
    define: (definition) => void definitions.set(definition.name, definition),
    async start(definition, byName, params = {}) {
      const workflowId = `${definition.name}-${randomUUID()}`;
      definitions.set(definition.name, definition);
      activities.set(workflowId, byName);
      return client.workflow.start(definition.name, { taskQueue, workflowId, args: [params] });
    },
    status: (handle) => handle.query<RunStatus>(STATUS_QUERY),
    async restartWorker() {
      await endWorker();
      current = await createWorker();
    },
    async close() {
      await endWorker();
      await connection.close();
      await native.close();
    },
  };
}
