/** The language on one page: for each feature of a definition a small run that goes otherwise without it. */
import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { stringify } from 'yaml';
import type { Definition, JoinRule, Task, Tasks, Value } from '../definitions/types.ts';
import type { ActivityRequest } from '../activities/activity.ts';
import { STATUS_QUERY, type RunStatus } from '../workflows/messages.ts';
import { captureCli } from './cli/captured-cli.ts';
import { startEngine, type Engine } from './support/engine.ts';
import { startPipeline, type Pipeline } from './support/pipeline.ts';
import { fakeNvidiaSmi, FOUR_H100_AND_A_T4 } from './workers/fake-nvidia-smi.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('what a definition can say', function () {
  this.timeout(120_000);
  let engine: Engine;
  /** Attempts by path of the task, of the run started last. */
  let attempts: Map<string, number>;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());
  beforeEach(() => {
    attempts = new Map();
  });

  const activities = {
    echo: (input: Value) => input,
    fail: () => {
      throw ApplicationFailure.nonRetryable('as it was told to', 'TOLD_TO');
    },
    /** Fails as often as `times` says. */
    flaky: (input: { readonly [name: string]: Value }, { task }: ActivityRequest): Value => {
      const attempt = (attempts.get(task) ?? 0) + 1;
      attempts.set(task, attempt);
      if (attempt <= Number(input['times'])) throw ApplicationFailure.create({ type: 'FLAKY' });
      return { attempt };
    },
    slow: async (input: { readonly [name: string]: Value }): Promise<Value> => {
      for (let passed = 0; passed < Number(input['ms']); passed += 100) {
        if (input['heartbeats'] === true) heartbeat();
        await pause(100);
      }
      return {};
    },
  };

  function start(tasks: Tasks, rest: Partial<Definition> = {}): Promise<WorkflowHandle> {
    const retry = { maximumAttempts: 2, initialInterval: '10ms' };
    return engine.start({ name: 'page', defaults: { retry }, tasks, ...rest }, activities);
  }

  /** How each task of the run ended, and what the run is worth. */
  async function run(
    tasks: Tasks,
    rest: Partial<Definition> = {},
  ): Promise<{ readonly states: { readonly [task: string]: string }; readonly outputs: unknown }> {
    const handle = await start(tasks, rest);
    const outputs: unknown = await handle.result().catch(() => 'failed');
    const status = await engine.status(handle);
    return { states: Object.fromEntries(status.tasks.map(({ name, state }) => [name, state])), outputs };
  }

  async function statusWhen(
    handle: WorkflowHandle,
    isSo: (status: RunStatus) => boolean,
  ): Promise<RunStatus> {
    for (;;) {
      const status = await engine.status(handle);
      if (isSo(status)) return status;
      await pause(50);
    }
  }

  describe('activity / workflow / tasks / wait', () => {
    it('a task is an activity, a run of another definition, a group or a wait', async () => {
      const params = { n: { type: 'integer' } };
      const outputs = { twice: '${ params.n * 2 }' };
      engine.define({ name: 'page-child', params, tasks: { only: { activity: 'echo' } }, outputs });
      const ran = await run(
        {
          first: { activity: 'echo', with: { n: 1 } },
          child: { needs: ['first'], workflow: 'page-child', with: { n: '${ tasks.first.n + 1 }' } },
          group: { tasks: { inner: { activity: 'echo', with: { n: 3 } } } },
          moment: { wait: { for: '10ms' } },
        },
        { outputs: { all: '${ [tasks.first.n, tasks.child.twice, tasks.group.inner.n] }' } },
      );
      assert.deepEqual(ran.outputs, { all: [1, 4, 3] });
      assert.deepEqual(new Set(Object.values(ran.states)), new Set(['succeeded']));
    });

    it('a wait for an approval has a time limit and a default', async () => {
      const review: Task = { wait: { approval: { message: 'Go on?', timeout: '10ms', default: 'reject' } } };
      const ran = await run(
        { review },
        { outputs: { by: '${ tasks.review.by }', yes: '${ tasks.review.approved }' } },
      );
      assert.deepEqual(ran.outputs, { by: 'timeout', yes: false });
    });
  });

  describe('needs, run:', () => {
    const rules: { readonly [rule in JoinRule]: string } = {
      allSucceeded: 'blocked',
      noneFailed: 'blocked',
      noneFailedMinOneSucceeded: 'blocked',
      allSettled: 'succeeded',
      anySucceeded: 'succeeded',
      anyFailed: 'succeeded',
      anySettled: 'succeeded',
      allFailed: 'skipped',
      allSkipped: 'skipped',
      always: 'succeeded',
    };
    it('each join rule decides by how the needed tasks ended', async () => {
      const joins = Object.keys(rules).map((rule) => [
        rule,
        { needs: ['good', 'bad', 'not'], run: rule as JoinRule, activity: 'echo' },
      ]);
      const { states } = await run({
        good: { activity: 'echo' },
        bad: { activity: 'fail', onFailure: 'continue' },
        not: { when: 'false', activity: 'echo' },
        ...Object.fromEntries(joins),
      });
      assert.deepEqual(states, { good: 'succeeded', bad: 'failed', not: 'skipped', ...rules });
    });
  });

  it('when: false skips the task, an error fails it', async () => {
    const { states } = await run({
      a: { activity: 'echo', with: { n: 1 } },
      yes: { needs: ['a'], when: '${ tasks.a.n == 1 }', activity: 'echo' },
      no: { needs: ['a'], when: '${ tasks.a.n == 2 }', activity: 'echo' },
      wrong: { needs: ['a'], when: '${ tasks.a.missing }', activity: 'echo' },
    });
    assert.deepEqual(states, { a: 'succeeded', yes: 'succeeded', no: 'skipped', wrong: 'failed' });
  });

  it('forEach: a result for every item in order, with so many failures as maxFailures allows', async () => {
    const each = { in: '${ range(4) }', as: 'n', concurrency: 2 };
    const work = { activity: 'flaky', with: { times: '${ n == 1 ? 9 : 0 }' } };
    const outputs = { each: '${ tasks.each.map(one, one.status) }', none: '${ size(tasks.none) }' };
    const none: Task = { forEach: { in: [] }, activity: 'echo' };
    const tolerant = await run(
      { none, each: { forEach: { ...each, maxFailures: '25%' }, ...work } },
      { outputs },
    );
    assert.deepEqual(tolerant.outputs, { each: ['succeeded', 'failed', 'succeeded', 'succeeded'], none: 0 });
    assert.equal((await run({ each: { forEach: each, ...work } })).states['each'], 'failed');
  });

  it('forEach over many items: in slices, each a run of its own, and the value is that of one list', async () => {
    // Counts for 400 activities of each item, and runs none of them.
    const bulk: Task = {
      when: 'false',
      forEach: { in: Array.from({ length: 400 }, () => 0) },
      activity: 'echo',
    };
    const one: Task = { activity: 'echo', with: { n: '${ n }' } };
    const each: Task = { forEach: { in: '${ range(4) }', as: 'n' }, tasks: { bulk, one } };
    const handle = await start({ each }, { outputs: { ns: '${ tasks.each.map(e, e.output.one.n) }' } });
    assert.deepEqual(await handle.result(), { ns: [0, 1, 2, 3] });
    const { events } = await handle.fetchHistory();
    const children = (events ?? []).flatMap(
      (event) => event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId ?? [],
    );
    assert.deepEqual(
      children.toSorted(),
      ['each[0..2]', 'each[2..4]'].map((slice) => `${handle.workflowId}/${slice}`),
    );
  });

  it('repeat: rounds of a task, or of the whole definition, each of which sees the last one', async () => {
    const round: Task = { activity: 'echo', with: { n: '${ repeat.round == 0 ? 1 : repeat.last.n * 2 }' } };
    const task: Task = { ...round, repeat: { until: '${ repeat.last.n > 5 }', maxRounds: 9 } };
    assert.deepEqual((await run({ task }, { outputs: { n: '${ tasks.task.n }' } })).outputs, { n: 8 });
    assert.equal(
      (await run({ task: { ...task, repeat: { until: 'false', maxRounds: 2 } } })).outputs,
      'failed',
    );
    const whole: Task = { activity: 'echo', with: { n: '${ run.round == 0 ? 1 : run.last.n + 1 }' } };
    const repeat = { until: '${ outputs.n == 3 }', maxRounds: 9 };
    const { outputs } = await run({ whole }, { repeat, outputs: { n: '${ tasks.whole.n }' } });
    assert.deepEqual(outputs, { n: 3 });
  });

  it('retry: attempts until the policy ends them', async () => {
    const retry = { maximumAttempts: 3, initialInterval: '10ms' };
    const { states } = await run({
      mended: { activity: 'flaky', with: { times: 2 }, retry },
      hopeless: {
        activity: 'flaky',
        with: { times: 2 },
        retry: { ...retry, nonRetryableErrorTypes: ['FLAKY'] },
      },
    });
    assert.deepEqual(states, { mended: 'succeeded', hopeless: 'failed' });
    assert.deepEqual(Object.fromEntries(attempts), { mended: 3, hopeless: 1 });
  });

  it('timeout, heartbeat: an attempt that takes too long or falls silent has failed', async () => {
    const once = { retry: { maximumAttempts: 1 } };
    const { states } = await run({
      long: { activity: 'slow', with: { ms: 3000, heartbeats: true }, timeout: '1s', ...once },
      silent: { activity: 'slow', with: { ms: 3000 }, heartbeat: '1s', ...once },
      fine: {
        activity: 'slow',
        with: { ms: 1500, heartbeats: true },
        heartbeat: '1s',
        timeout: '1m',
        ...once,
      },
    });
    assert.deepEqual(states, { long: 'failed', silent: 'failed', fine: 'succeeded' });
  });

  it('onFailure: fail, continue, hold', async () => {
    assert.equal((await run({ bad: { activity: 'fail' } })).outputs, 'failed');
    assert.deepEqual((await run({ bad: { activity: 'fail', onFailure: 'continue' } })).outputs, {});
    const handle = await start({ bad: { activity: 'flaky', with: { times: 2 }, onFailure: 'hold' } });
    await statusWhen(handle, ({ waiting }) => waiting[0]?.for === 'decision');
    await handle.executeUpdate('retryTask', { args: [{ task: 'bad' }] });
    assert.deepEqual(await handle.result(), {});
  });

  it('finally: runs whatever happened, and is told of it', async () => {
    const told: Value[] = [];
    const last: Tasks = { last: { activity: 'tell', with: { outcome: '${ run.outcome }' } } };
    const tell = (input: Value): Value => (told.push(input), {});
    const go = async (only: Task): Promise<WorkflowHandle> =>
      engine.start({ name: 'page-finally', tasks: { only }, finally: last }, { ...activities, tell });
    await (await go({ activity: 'echo' })).result();
    await assert.rejects((await go({ activity: 'fail' })).result());
    const cancelled = await go({ wait: { for: '1h' } });
    await statusWhen(cancelled, ({ waiting }) => waiting.length > 0);
    await cancelled.cancel();
    await assert.rejects(cancelled.result());
    assert.deepEqual(told, [{ outcome: 'succeeded' }, { outcome: 'failed' }, { outcome: 'cancelled' }]);
  });

  it('taskQueue, priority, fairnessKey: the activity is scheduled as the task says', async () => {
    const elsewhere = { taskQueue: 'page-elsewhere', scheduleToStart: '1s', onFailure: 'continue' } as const;
    const handle = await start({
      urgent: { activity: 'echo', priority: 1, fairnessKey: 'team-${ 1 + 1 }', scheduleToStart: '5m' },
      nobodys: { activity: 'slow', ...elsewhere },
    });
    await handle.result();
    const { events } = await handle.fetchHistory();
    const scheduled = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes);
    const of = (activity: string) =>
      scheduled.find((attributes) => attributes?.activityType?.name === activity);
    const urgent = of('echo');
    assert.equal(of('slow')?.taskQueue?.name, 'page-elsewhere');
    assert.ok(urgent);
    assert.deepEqual([urgent.priority?.priorityKey, urgent.priority?.fairnessKey], [1, 'team-2']);
    assert.equal(Number(urgent.scheduleToStartTimeout?.seconds), 300);
    assert.equal(urgent.taskQueue?.name, engine.taskQueue);
  });

  it('outputs: what the run is worth; null where the task did not run', async () => {
    const tasks: Tasks = { a: { activity: 'echo', with: { n: 1 } }, b: { when: 'false', activity: 'echo' } };
    const { outputs } = await run(tasks, { outputs: { a: 'n is ${ tasks.a.n }', b: '${ tasks.b.n }' } });
    assert.deepEqual(outputs, { a: 'n is 1', b: null });
  });
});

describe('what a definition can say of its project', function () {
  this.timeout(120_000);
  let pipeline: Pipeline;
  before(async () => {
    pipeline = await startPipeline();
    const queue = { 'gpu-pair': { description: 'Pairs.', concurrency: 1, gpu: { count: 2, type: 'h100' } } };
    await appendFile(join(pipeline.root, 'configs', 'queues.yaml'), `\n${stringify(queue)}`);
    await pipeline.startWorker({ PATH: await fakeNvidiaSmi(FOUR_H100_AND_A_T4) }, ['gpu-pair']);
  });
  after(() => pipeline?.close());

  async function write(definition: Definition): Promise<void> {
    await writeFile(join(pipeline.root, 'definitions', `${definition.name}.yaml`), stringify(definition));
  }
  const resultOf = async (definition: string): Promise<unknown> =>
    (await pipeline.start(definition, {})).result();

  it('forEach over a table: an item for each row that SQL finds', async () => {
    const rows: Task = { activity: 'sql', with: { query: 'from range(3) as t(n)', into: 'numbers' } };
    const read: Task = {
      needs: ['rows'],
      activity: 'sql',
      with: { query: 'select n from numbers where run = $run order by n' },
    };
    const each: Task = {
      needs: ['read'],
      forEach: { in: '${ tasks.read.rows }', as: 'row' },
      activity: 'noop',
      with: { value: '${ int(row.n) * 10 }' },
    };
    const outputs = { tens: '${ tasks.each.map(e, e.output.value) }' };
    await write({ name: 'page-table', tasks: { rows, read, each }, outputs });
    assert.deepEqual(await resultOf('page-table'), { tens: [0, 10, 20] });
  });

  it('cache: outputs are taken from an earlier run that did the same', async () => {
    const only: Task = { activity: 'noop', cache: true, with: { value: 1 } };
    await write({ name: 'page-cache', tasks: { only } });
    const cached: unknown[] = [];
    for (let round = 0; round < 2; round++) {
      const run = await pipeline.start('page-cache', {});
      await run.result();
      cached.push((await run.query<RunStatus>(STATUS_QUERY)).tasks[0]?.cached ?? 0);
    }
    assert.deepEqual(cached, [0, 1]);
  });

  it('taskQueue with GPUs: the activity is given devices of its own', async () => {
    const print = 'console.log(JSON.stringify(process.env.CUDA_VISIBLE_DEVICES))';
    const show: Task = {
      activity: 'command',
      taskQueue: 'gpu-pair',
      with: { command: [process.execPath, '-e', print], parseResult: true },
    };
    await write({ name: 'page-gpu', tasks: { show }, outputs: { gpus: '${ tasks.show.result }' } });
    assert.deepEqual(await resultOf('page-gpu'), { gpus: '0,1' });
  });

  it('schedule: the definition says when it runs, and with which params', async () => {
    const params = { n: { type: 'integer' } };
    const tasks: Tasks = { only: { activity: 'noop', with: { value: '${ params.n }' } } };
    const schedule = { cron: '0 3 1 1 *', params: { n: 7 } };
    await write({ name: 'page-schedule', params, tasks, outputs: { n: '${ tasks.only.value }' }, schedule });
    const env = { TEMPORAL_ADDRESS: pipeline.address, TEMPORAL_NAMESPACE: pipeline.namespace };
    const prose = (...args: string[]) => captureCli(['schedule', ...args], { cwd: pipeline.root, env });
    assert.equal((await prose('create', 'page-schedule')).exitCode, 0);
    assert.equal((await prose('trigger', 'page-schedule')).exitCode, 0);
    const handle = pipeline.client.schedule.getHandle('page-schedule');
    const started = async (): Promise<string> => {
      for (;;) {
        const [action] = (await handle.describe()).info.recentActions;
        if (action?.action.type === 'startWorkflow') return action.action.workflow.workflowId;
        await pause(100);
      }
    };
    assert.deepEqual(await pipeline.client.workflow.getHandle(await started()).result(), { n: 7 });
    await handle.delete();
  });
});
