/** A whole PROSE for end-to-end tests: a project of its own, a model server, a worker process, a Temporal namespace. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { createStore } from '../../activities/store/create-store.ts';
import { identifyProject } from '../../configs/project/identity.ts';
import type { Store } from '../../activities/store/store.ts';
import {
  startModelServer,
  type ModelServer,
  type ModelServerOptions,
} from '../../deploy/model-server/server.ts';
import type { Value } from '../../definitions/model/types.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';
import type { RunOptions } from '../../workflows/messages.ts';
import { startTemporal } from './temporal.ts';

const taskQueues = ['prose', 'gpu-generation', 'gpu-main', 'gpu-validator', 'gpu-training'];

export interface Pipeline {
  /** The project's root, in a temporary folder. */
  readonly root: string;
  readonly address: string;
  readonly namespace: string;
  /** The project's id. */
  readonly project: string;
  /** The model server that runs now. */
  readonly models: ModelServer;
  /** Closes the model server, and lets another take its place at its port after a while. */
  restartModels(downMs: number): Promise<void>;
  readonly client: Client;
  readonly store: Store;
  /**
   * Starts the worker process, with more of an environment if given; resolves when it polls.
   *
   * @param gpuQueues task queues that it serves besides `prose`, with GPUs. Default: those of the project, on the CPU.
   */
  startWorker(env?: { readonly [name: string]: string }, gpuQueues?: readonly string[]): Promise<void>;
  /** SIGKILL: the worker gets no chance to tidy up. */
  killWorker(): Promise<void>;
  /** SIGSTOP, and SIGCONT after a while: the worker does not know that it stood still. */
  pauseWorker(ms: number): Promise<void>;
  start(
    definition: string,
    params: { readonly [name: string]: Value },
    runId?: string,
    options?: RunOptions,
  ): Promise<WorkflowHandle>;
  /** What the model server counted, over all models. */
  totals(): { completed: number; repeated: number };
  close(): Promise<void>;
}

/**
 * @param options of the model server.
 * @param temporal address of its Temporal server. Default: the one that all tests share.
 * @param shared a namespace that another pipeline has. Default: one of its own.
 * @param startModels starts the model server, and another in its place. Default: in this process.
 */
export async function startPipeline(
  options: ModelServerOptions = {},
  temporal?: string,
  shared?: string,
  startModels: (options: ModelServerOptions) => Promise<ModelServer> = startModelServer,
): Promise<Pipeline> {
  const address = temporal ?? (await startTemporal()).address;
  const root = mkdtempSync(join(tmpdir(), 'prose-e2e-'));
  for (const folder of ['definitions', 'configs', 'model_input']) {
    cpSync(join(packageRoot, folder), join(root, folder), {
      recursive: true,
      filter: (path) => !path.endsWith('.ts'),
    });
  }
  let models = await startModels(options);
  const connection = await Connection.connect({ address });
  const namespace = shared ?? `e2e-${randomUUID()}`;
  if (shared === undefined) {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    await untilNamespaceServes(connection, namespace);
  }
  const client = new Client({ connection, namespace });
  const store = await createStore({ root });
  const project = await identifyProject(root);
  let worker: ChildProcess | undefined;

  const endWorker = async (signal: NodeJS.Signals): Promise<void> => {
    if (!worker || worker.exitCode !== null || worker.signalCode !== null) return;
    const ended = new Promise((resolve) => worker?.once('exit', resolve));
    worker.kill(signal);
    await ended;
  };
  return {
    root,
    address,
    namespace,
    project,
    get models() {
      return models;
    },
    async restartModels(downMs) {
      const { port } = models;
      await models.close();
      await new Promise((resolve) => setTimeout(resolve, downMs));
      models = await startModels({ ...options, port });
    },
    client,
    store,
    async startWorker(more = {}, gpuQueues) {
      const main = join(packageRoot, 'workers', 'main.ts');
      const queues = gpuQueues === undefined ? taskQueues : ['prose', ...gpuQueues];
      const flags = gpuQueues === undefined ? ['--without-gpus'] : [];
      worker = spawn(
        process.execPath,
        ['--import', 'tsx', main, '--root', root, '--queues', queues.join(','), ...flags],
        {
          cwd: packageRoot,
          env: {
            ...process.env,
            ...more,
            TEMPORAL_ADDRESS: address,
            TEMPORAL_NAMESPACE: namespace,
            PROSE_EMBEDDED_URL: models.endpoint,
          },
          // By the channel it learns that the tests were killed.
          stdio: ['ignore', 'pipe', process.env['PROSE_TEST_VERBOSE'] ? 'inherit' : 'ignore', 'ipc'],
        },
      );
      await untilReady(worker);
    },
    killWorker: () => endWorker('SIGKILL'),
    async pauseWorker(ms) {
      worker?.kill('SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, ms));
      worker?.kill('SIGCONT');
    },
    start: (definition, params, runId = `${definition}-${randomUUID()}`, runOptions = {}) =>
      client.workflow.start(definition, {
        taskQueue: 'prose',
        workflowId: runId,
        args: [params, runOptions],
      }),
    totals() {
      const counts = Object.values(models.counts());
      const sum = (key: 'completed' | 'repeated'): number =>
        counts.reduce((total, one) => total + one[key], 0);
      return { completed: sum('completed'), repeated: sum('repeated') };
    },
    async close() {
      await endWorker('SIGTERM');
      await models.close();
      await store.close();
      await connection.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function untilReady(worker: ChildProcess): Promise<void> {
  if (!worker.stdout) throw new Error('The worker has no standard output.');
  for await (const line of createInterface({ input: worker.stdout })) {
    if (line.includes('"ready":true')) return;
  }
  throw new Error('The worker ended before it was ready.');
}

/** A new namespace reaches the server's caches after a moment. */
async function untilNamespaceServes(connection: Connection, namespace: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
