/** One Temporal worker for each task queue of a process, over one connection. */
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { ActivationWatch } from './activation-watch.ts';
import type { QueueConfig } from '../configs/settings/types.ts';
import type { Store } from '../activities/store/store.ts';
import type { GpuShare } from '../activities/attempts/gpu-pool.ts';
import { withPrefix } from '../definitions/model/task-queue-on-server.ts';
import { slotsOf } from './gpu.ts';
import { leaveOthersRuns } from './own-runs.ts';
import { createPayloadStorage } from './payload-storage.ts';
import { WORKFLOW_TASK_QUEUE } from '../workflows/messages.ts';

/** Time that activities have to end by themselves when a worker is told to stop. */
const SHUTDOWN_GRACE = '10s';
/** Progress is at most this old in Temporal, and a cancellation reaches an activity this soon after its heartbeat. */
const HEARTBEAT_THROTTLE = '2s';
/** Runs whose state is kept in memory; each holds an instance of the workflow bundle. */
const MAX_CACHED_WORKFLOWS = 100;

export interface WorkersInput {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Before the names of task queues on the server. Default: none. */
  readonly prefix?: string;
  /** Names of task queues; each is in `configs`. */
  readonly queues: readonly string[];
  readonly configs: { readonly [queue: string]: QueueConfig };
  /** What the task queues with GPUs give one activity. */
  readonly shares: ReadonlyMap<string, GpuShare>;
  /** Activity functions for every task queue. */
  readonly activities: object;
  /** Activity functions for the workflows' task queue only. */
  readonly internal: object;
  /** Where payloads lie that are too large for a history. */
  readonly store: Pick<Store, 'putObject' | 'getObject'>;
  /** The project's id. */
  readonly project: string;
  /** Path of the workflow bundle; only the workers of the workflows' task queue need it. */
  readonly bundlePath: () => Promise<string>;
  /** Watches the workflows. */
  readonly watch: ActivationWatch;
}

/** A worker on each queue, polling once `run` is called. Only the one on `prose` runs workflows. */
export async function createWorkers(input: WorkersInput): Promise<readonly Worker[]> {
  const { connection, namespace, prefix = '', queues, configs, shares } = input;
  const { activities, internal, store, project, bundlePath } = input;
  const dataConverter = { payloadCodecs: [createPayloadStorage(store, project)] };
  const workers: Worker[] = [];
  for (const queue of queues) {
    const config = configs[queue];
    const common = {
      connection,
      namespace,
      taskQueue: withPrefix(prefix, queue),
      dataConverter,
      activities,
      maxConcurrentActivityTaskExecutions: config === undefined ? 1 : slotsOf(config, shares.get(queue)),
      maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
      shutdownGraceTime: SHUTDOWN_GRACE,
    } satisfies WorkerOptions;
    const options: WorkerOptions =
      queue === WORKFLOW_TASK_QUEUE
        ? {
            ...common,
            activities: { ...activities, ...internal },
            workflowBundle: { codePath: await bundlePath() },
            maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
          }
        : common;
    const worker = await Worker.create(options);
    input.watch.watch(worker);
    leaveOthersRuns(worker, project);
    workers.push(worker);
  }
  return workers;
}
