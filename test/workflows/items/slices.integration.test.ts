import assert from 'node:assert/strict';
import { ApplicationFailure, cancelled, heartbeat } from '@temporalio/activity';
import { WorkflowFailedError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Definition, Tasks, Value } from '../../../definitions/model/types.ts';
import type { RunStatus } from '../../../workflows/messages.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { captureCli, type Captured } from '../../cli/captured-cli.ts';
import { bulkOf } from '../../support/bulk.ts';
import { startEngine, type Engine, type TestActivity } from '../../support/engine.ts';
import { saveHistory } from '../../support/histories.ts';

const define = (name: string, tasks: Tasks, rest: Partial<Definition> = {}): Definition => ({
  name,
  tasks,
  ...rest,
});
const echo = (input: Value): Value => input;
const bulk = bulkOf('echo');

describe('a forEach in slices on Temporal', function () {
  this.timeout(120_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  async function until(run: WorkflowHandle, isSo: (status: RunStatus) => boolean): Promise<RunStatus> {
    for (;;) {
      const status = await engine.status(run);
      if (isSo(status)) return status;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const prose = (...args: string[]): Promise<Captured> =>
    captureCli(args, { cwd: packageRoot, env: { TEMPORAL_ADDRESS: engine.address } });
  const handleOf = (id: string): WorkflowHandle => engine.client.workflow.getHandle(id);
  async function eventsOf(run: WorkflowHandle): Promise<number> {
    return (await run.describe()).historyLength;
  }

  it('gives the results of 2,400 items in order, and goes on with another worker', async () => {
    let done = 0;
    let restarted: Promise<void> | undefined;
    const work = (input: Value): Value => {
      done += 1;
      if (done === 100) restarted = engine.restartWorker();
      return input;
    };
    const definition = define(
      'large',
      {
        each: {
          forEach: { in: '${ range(2400) }', as: 'n', concurrency: 64 },
          activity: 'work',
          with: { n: '${ n }' },
        },
      },
      { outputs: { ns: '${ tasks.each.map(e, e.output.n) }' } },
    );
    const run = await engine.start(definition, { work });
    const { ns } = (await run.result()) as { ns: number[] };
    await restarted;
    assert.deepEqual(
      ns,
      Array.from({ length: 2_400 }, (_, index) => index),
    );
    const { tasks, slices } = await engine.status(run);
    assert.deepEqual([tasks[0]?.state, tasks[0]?.counts.succeeded, slices.length], ['succeeded', 2_400, 0]);
    assert.ok((await eventsOf(run)) < 100, 'the history of the run');
    assert.ok((await eventsOf(handleOf(`${run.workflowId}/each[0..1200]`))) < 6_000, 'that of a slice');
  });

  it('holds an item of a slice, and passes on what an operator decides, and a pause', async () => {
    const seen = new Set<string>();
    const failsOnce: TestActivity = (input, { task }) => {
      if (seen.has(task) || !task.startsWith('each[4]')) return input;
      seen.add(task);
      throw ApplicationFailure.nonRetryable('connection refused', 'MODEL_DOWN');
    };
    const definition = define(
      'sliced',
      {
        before: { activity: 'echo', with: { k: 1 } },
        each: {
          needs: ['before'],
          forEach: { in: '${ range(6) }', as: 'n', concurrency: 5 },
          tasks: {
            bulk,
            work: { activity: 'work', onFailure: 'hold', with: { n: '${ n + tasks.before.k }' } },
          },
          outputs: { n: '${ tasks.work.n }' },
        },
      },
      { outputs: { ns: '${ tasks.each.map(e, e.output.n) }' } },
    );
    const run = await engine.start(definition, { work: failsOnce, echo });
    const { slices } = await until(
      run,
      ({ tasks, slices: open }) => tasks[1]?.counts.succeeded === 4 && open.length === 1,
    );
    const [slice] = slices;
    assert.deepEqual([slice?.task, slice?.from, slice?.to], ['each', 4, 6]);
    const held = await until(handleOf(slice?.id ?? ''), ({ waiting }) => waiting.length === 1);
    assert.equal(held.waiting[0]?.task, 'each[4].work');

    await assert.rejects(
      run.executeUpdate('retryTask', { args: [{ task: 'each[4].work' }] }),
      (error: unknown) =>
        error instanceof WorkflowUpdateFailedError &&
        error.cause instanceof ApplicationFailure &&
        error.cause.type === 'TASK_IN_SLICE',
    );
    const shown = await prose('status', run.workflowId, '--json');
    assert.equal(shown.exitCode, 0, shown.stderr);
    const merged = JSON.parse(shown.stdout) as RunStatus;
    assert.deepEqual(
      merged.waiting.map(({ task }) => task),
      ['each[4].work'],
    );
    const { succeeded, running, pending } = merged.tasks[1]?.counts ?? {};
    assert.deepEqual([succeeded, running, pending], [5, 1, 0]);

    assert.equal((await prose('pause', run.workflowId)).exitCode, 0);
    await until(handleOf(slice?.id ?? ''), ({ paused }) => paused);
    assert.equal((await prose('resume', run.workflowId)).exitCode, 0);
    await until(handleOf(slice?.id ?? ''), ({ paused }) => !paused);
    assert.equal((await prose('retry', run.workflowId, '--task', 'each[4].work')).exitCode, 0);
    assert.deepEqual(await run.result(), { ns: [1, 2, 3, 4, 5, 6] });
    await saveHistory('sliced', run);
    await saveHistory('slice', handleOf(slice?.id ?? ''));
  });

  it('fails the items of a slice that was terminated or cancelled alone, and no others', async () => {
    const definition = define('broken', {
      each: {
        forEach: { in: '${ range(4) }', concurrency: 8, maxFailures: 1 },
        tasks: { bulk, ask: { wait: { approval: { message: 'Go on?' } } } },
      },
    });
    const run = await engine.start(definition, {});
    const { slices } = await until(run, (status) => status.slices.length === 2);
    const [first, second] = slices
      .map(({ id }) => id)
      .toSorted()
      .map(handleOf);
    await first?.terminate();
    await until(second ?? run, ({ waiting }) => waiting.length === 2);
    await second?.cancel();
    await assert.rejects(run.result(), WorkflowFailedError);
    const { failures, tasks } = await engine.status(run);
    assert.deepEqual([failures[0]?.task, failures[0]?.type], ['each[0..2]', 'SLICE_FAILED']);
    assert.deepEqual([tasks[0]?.counts.failed, tasks[0]?.counts.cancelled], [2, 2]);
    assert.equal((await run.describe()).status.name, 'FAILED');
  });

  for (const [name, items] of [
    ['one history', 100],
    ['slices', 1_200],
  ] as const)
    it(`ends 100 running activities of ${name} when the run is cancelled, and runs finally`, async () => {
      const activities = { running: 0, ended: 0 };
      const endless = async (): Promise<Value> => {
        activities.running += 1;
        // More often would keep the server busy with heartbeats alone.
        const beat = setInterval(() => heartbeat(), 1_000);
        return cancelled().finally(() => {
          clearInterval(beat);
          activities.ended += 1;
        });
      };
      let tidied: Value = null;
      const definition = define(
        'endless',
        { each: { forEach: { in: `\${ range(${items}) }`, concurrency: 100 }, activity: 'endless' } },
        { finally: { tidy: { activity: 'tidy', with: { outcome: '${ run.outcome }' } } } },
      );
      const run = await engine.start(definition, { endless, tidy: (input) => (tidied = input) });
      while (activities.running < 100) await new Promise((resolve) => setTimeout(resolve, 20));
      const since = Date.now();
      await run.cancel();
      await assert.rejects(run.result(), WorkflowFailedError);
      process.stderr.write(`      ${(Date.now() - since) / 1_000} s from the cancellation to the end\n`);
      assert.deepEqual([activities, tidied], [{ running: 100, ended: 100 }, { outcome: 'cancelled' }]);
      assert.equal((await run.describe()).status.name, 'CANCELLED');
      const { tasks, slices } = await engine.status(run);
      assert.deepEqual([tasks[0]?.counts.cancelled, slices.length], [items, 0]);
    });

  it('fails at once if somebody starts it by hand', async () => {
    for (const args of [[], [{}], ['text']]) {
      const run = await engine.client.workflow.start('run_slice', {
        taskQueue: engine.taskQueue,
        workflowId: `by-hand-${JSON.stringify(args)}`,
        args,
        workflowExecutionTimeout: '20s',
      });
      const error: unknown = await run.result().catch((thrown: unknown) => thrown);
      assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure);
      assert.equal(error.cause.type, 'NOT_A_SLICE');
    }
  });
});
