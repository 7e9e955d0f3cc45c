/** A Temporal server and workers as PROSE starts them, with activities that do nothing. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { PinnedRun, PinRunRequest } from '../../activities/pinning/pin-run.ts';
import { createMemoryActivities } from '../../activities/pinning/run-memory.ts';
import type { Definition, Value } from '../../definitions/model/types.ts';
import { createMemoryStore } from '../../test/support/memory-store.ts';
import { installQuietRuntime, quietLogger, startTemporal } from '../../test/support/temporal.ts';
import { ActivationWatch } from '../../workers/activation-watch.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { bundleWorkflows } from '../../workers/workflow-bundle.ts';
import { WORKFLOW_TASK_QUEUE } from '../../workflows/messages.ts';

/** Activities that the workers run at once. */
const ACTIVITIES_AT_ONCE = 100;
const WORK_QUEUE = 'work';

/** One run: how long it took, and what it left behind. */
export interface Measured {
  readonly seconds: number;
  /** Events of all its histories: those of its executions, and of its slices. */
  readonly events: number;
  /** Events of the longest of them. */
  readonly largestHistory: number;
  readonly result: unknown;
}

interface Work {
  readonly n: number;
  readonly meanMs?: number;
}

export interface BenchEngine {
  /** Runs a workflow by its type, and waits for its end. */
  measure(type: string, input: { readonly [name: string]: Value }): Promise<Measured>;
  close(): Promise<void>;
}

export async function startBenchEngine(definitions: readonly Definition[]): Promise<BenchEngine> {
  const { address } = await startTemporal();
  installQuietRuntime();
  const folder = await mkdtemp(join(tmpdir(), 'prose-bench-'));
  const codePath = join(folder, 'workflows.js');
  await writeFile(codePath, await bundleWorkflows(join(import.meta.dirname, 'by-hand.ts'), quietLogger));
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const pinRun = async ({ definition: name, params, contract }: PinRunRequest): Promise<PinnedRun> => {
    const definition = definitions.find((one) => one.name === name);
    if (definition === undefined) throw new Error(`There is no definition '${name}' here.`);
    const activities = { work: { taskQueue: WORK_QUEUE } };
    return { definition, params, settingsDigest: '', digest: '', seed: 0, activities, contract };
  };
  const work = async ({ with: input }: { readonly with: Work }): Promise<Work> => {
    const { n, meanMs = 0 } = input;
    if (meanMs > 0) await sleep(unevenMs(n, meanMs));
    return input;
  };
  const store = createMemoryStore();
  const queue = { description: 'Benchmarks.', concurrency: ACTIVITIES_AT_ONCE };
  const watch = new ActivationWatch(folder, () => {});
  const workers = await createWorkers({
    connection: native,
    namespace: 'default',
    queues: [WORKFLOW_TASK_QUEUE, WORK_QUEUE],
    configs: { [WORKFLOW_TASK_QUEUE]: queue, [WORK_QUEUE]: queue },
    shares: new Map(),
    activities: { work },
    internal: { ...createMemoryActivities(store, { project: 'bench', root: '/' }), pinRun },
    store,
    project: 'bench',
    bundlePath: async () => codePath,
    watch,
  });
  const running = Promise.all(workers.map((worker) => worker.run()));
  let runs = 0;
  return {
    async measure(type, input) {
      const workflowId = `${type}-${process.pid}-${(runs += 1)}`;
      const since = performance.now();
      const run = await client.workflow.start(type, {
        taskQueue: WORKFLOW_TASK_QUEUE,
        workflowId,
        args: [input],
      });
      const result: unknown = await run.result();
      const seconds = (performance.now() - since) / 1_000;
      const lengths = await historyLengths(client, workflowId);
      const events = lengths.reduce((sum, length) => sum + length, 0);
      return { seconds, events, largestHistory: Math.max(...lengths), result };
    },
    async close() {
      watch.close();
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
      await native.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Events of each history of a run that has ended. */
async function historyLengths(client: Client, runId: string): Promise<readonly number[]> {
  const query = `WorkflowId = '${runId}' OR WorkflowId STARTS_WITH '${runId}/'`;
  for (;;) {
    const lengths: number[] = [];
    let isComplete = true;
    for await (const { status, historyLength } of client.workflow.list({ query })) {
      isComplete &&= status.name !== 'RUNNING';
      lengths.push(historyLength);
    }
    // What lists of runs show follows what has happened by a moment.
    if (isComplete && lengths.length > 0) return lengths;
    await sleep(100);
  }
}

/** Exponentially distributed over the items, the same for an item each time (a golden-ratio sequence through the inverse). */
function unevenMs(item: number, meanMs: number): number {
  return -meanMs * Math.log(1 - ((item * 0.618_033_988_75) % 1));
}
