/** The language on one page: for each feature of a definition a small run that goes otherwise without it. */
import assert from 'node:assert/strict';
import { heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import type { Definition, JoinRule, Task, Tasks, Value } from '../definitions/model/types.ts';
import type { ActivityRequest } from '../activities/activity.ts';
import type { RunStatus, TaskStatus } from '../workflows/messages.ts';
import { bulkOf } from './support/bulk.ts';
import { startEngine, type Engine } from './support/engine.ts';

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

    it('a wait lasts so long, until a time, or until somebody has answered', async () => {
      const params = { at: new Date(Date.now() + 3_000).toISOString() };
      const tasks: Tasks = {
        some: { wait: { for: '1s' } },
        until: { wait: { until: '${ params.at }' } },
        over: { wait: { until: '2020-01-31T08:00:00+01:00' } },
        review: { wait: { approval: { message: 'Is ${ params.at } fine?' } } },
      };
      const outputs = { says: '${ [tasks.review.approved, tasks.review.by, tasks.review.note] }' };
      const definition = { name: 'page', params: { at: { type: 'string' } }, tasks, outputs };
      const handle = await engine.start(definition, activities, params);
      const { waiting } = await statusWhen(handle, (status) => status.waiting.length >= 3);
      const asked = waiting.find((task) => task.for === 'approval');
      assert.equal(asked?.reason, `Is ${params.at} fine?`);
      const answer = { task: 'review', approved: true, by: 'ada', note: 'go' };
      await handle.executeUpdate('approve', { args: [answer] });
      assert.deepEqual(await handle.result(), { says: [true, 'ada', 'go'] });
      const [some, until, over] = (await engine.status(handle)).tasks;
      const took = (task?: TaskStatus): number => (task?.endedAt ?? 0) - (task?.startedAt ?? 0);
      assert.ok(took(some) >= 1_000 && took(over) < 900, `${took(some)} ms, ${took(over)} ms`);
      assert.ok((until?.endedAt ?? 0) >= Date.parse(params.at));
    });

    it('a wait for an approval has a time limit and a default', async () => {
      const ask = (answer: 'approve' | 'reject'): Task => ({
        wait: { approval: { message: 'Go on?', timeout: '10ms', default: answer } },
      });
      const ran = await run(
        { no: ask('reject'), yes: ask('approve') },
        { outputs: { all: '${ [tasks.no.by, tasks.no.approved, tasks.yes.approved] }' } },
      );
      assert.deepEqual(ran.outputs, { all: ['timeout', false, true] });
    });
  });

  describe('needs, run:', () => {
    /** By what the needed tasks come to: `good` succeeds, `bad` fails, `not` is skipped. */
    const table: { readonly [rule in JoinRule]: { readonly [needs: string]: string } } = {
      allSucceeded: { good: 'succeeded', not: 'skipped', bad: 'blocked', 'good not': 'skipped' },
      noneFailed: { good: 'succeeded', not: 'succeeded', bad: 'blocked', 'good not': 'succeeded' },
      noneFailedMinOneSucceeded: {
        good: 'succeeded',
        not: 'skipped',
        bad: 'blocked',
        'good not': 'succeeded',
        'good bad': 'blocked',
      },
      allSettled: { good: 'succeeded', not: 'succeeded', bad: 'succeeded' },
      anySucceeded: { good: 'succeeded', not: 'skipped', bad: 'blocked', 'good bad not': 'succeeded' },
      anyFailed: { good: 'skipped', not: 'skipped', bad: 'succeeded', 'good bad not': 'succeeded' },
      anySettled: { good: 'succeeded', not: 'succeeded', bad: 'succeeded' },
      allFailed: { good: 'skipped', not: 'skipped', bad: 'succeeded', 'good bad': 'skipped' },
      allSkipped: { good: 'skipped', not: 'succeeded', bad: 'skipped', 'good not': 'skipped' },
      always: { good: 'succeeded', not: 'succeeded', bad: 'succeeded' },
    };
    it('each join rule decides by how the needed tasks ended', async () => {
      const joins = Object.entries(table).flatMap(([rule, row]) =>
        Object.entries(row).map(([needs, state]) => ({ rule: rule as JoinRule, needs, state })),
      );
      const nameOf = (rule: string, needs: string): string => `${rule}Of${needs.replaceAll(' ', '')}`;
      const { states } = await run({
        good: { activity: 'echo' },
        bad: { activity: 'fail', onFailure: 'continue' },
        not: { when: 'false', activity: 'echo' },
        ...Object.fromEntries(
          joins.map(({ rule, needs }) => [
            nameOf(rule, needs),
            { needs: needs.split(' '), run: rule, activity: 'echo' },
          ]),
        ),
      });
      const expected = joins.map(({ rule, needs, state }) => [nameOf(rule, needs), state]);
      assert.deepEqual(states, {
        good: 'succeeded',
        bad: 'failed',
        not: 'skipped',
        ...Object.fromEntries(expected),
      });
    });

    it('those with any… start as soon as one task has ended so, all others when all have', async () => {
      const needs = ['fast', 'bad', 'slow'];
      const rules: readonly JoinRule[] = ['anySucceeded', 'anyFailed', 'anySettled', 'allSettled', 'always'];
      const handle = await start({
        fast: { activity: 'echo' },
        bad: { activity: 'fail', onFailure: 'continue' },
        slow: { activity: 'slow', with: { ms: 1_500 } },
        ...Object.fromEntries(
          rules.map((rule): [string, Task] => [rule, { needs, run: rule, activity: 'echo' }]),
        ),
      });
      await handle.result();
      const { tasks } = await engine.status(handle);
      const slow = tasks.find(({ name }) => name === 'slow')?.endedAt ?? 0;
      const early = tasks.filter(({ name, startedAt = 0 }) => !needs.includes(name) && startedAt < slow);
      assert.deepEqual(
        early.map(({ name }) => name),
        ['anySucceeded', 'anyFailed', 'anySettled'],
      );
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
    for (const [maxFailures, state] of [
      [0, 'failed'],
      [1, 'succeeded'],
      ['24%', 'failed'],
      ['25%', 'succeeded'],
    ] as const) {
      attempts.clear();
      const { states } = await run({ each: { forEach: { ...each, maxFailures }, ...work } });
      assert.equal(states['each'], state, `maxFailures ${maxFailures}`);
    }
  });

  it('forEach: so many items are in flight as concurrency says, and no more', async () => {
    let inFlight = 0;
    let most = 0;
    const busy = async (): Promise<Value> => {
      most = Math.max(most, (inFlight += 1));
      await pause(100);
      inFlight -= 1;
      return {};
    };
    const each: Task = { forEach: { in: '${ range(9) }', concurrency: 3 }, activity: 'busy' };
    await (await engine.start({ name: 'page', tasks: { each } }, { busy })).result();
    assert.equal(most, 3);
  });

  it('forEach over many items: in slices, each a run of its own, and the value is that of one list', async () => {
    const one: Task = { activity: 'echo', with: { n: '${ n }' } };
    const each: Task = { forEach: { in: '${ range(4) }', as: 'n' }, tasks: { bulk: bulkOf('echo'), one } };
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

  it('retry, scheduleToClose: the waits between attempts are Temporal’s, and all attempts together have a limit', async () => {
    const retry = {
      maximumAttempts: 50,
      initialInterval: '200ms',
      backoffCoefficient: 1.5,
      maximumInterval: '300ms',
    };
    const handle = await start({
      all: { activity: 'flaky', with: { times: 99 }, retry, scheduleToClose: '3s', onFailure: 'continue' },
    });
    await handle.result();
    const { events } = await handle.fetchHistory();
    const policy = (events ?? []).flatMap((event) => {
      const scheduled = event.activityTaskScheduledEventAttributes;
      return scheduled?.activityType?.name === 'flaky' ? (scheduled.retryPolicy ?? []) : [];
    })[0];
    assert.equal(policy?.maximumAttempts, 50);
    assert.equal(policy.backoffCoefficient, 1.5);
    assert.equal(Number(policy.initialInterval?.nanos), 200_000_000);
    assert.equal(Number(policy.maximumInterval?.nanos), 300_000_000);
    const made = attempts.get('all') ?? 0;
    assert.ok(made > 1 && made < 50, `${made} attempts`);
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
    for (const [update, state] of [
      ['retryTask', 'succeeded'],
      ['skipTask', 'skipped'],
      ['failTask', 'failed'],
    ] as const) {
      attempts.clear();
      const handle = await start({ bad: { activity: 'flaky', with: { times: 2 }, onFailure: 'hold' } });
      await statusWhen(handle, ({ waiting }) => waiting[0]?.for === 'decision');
      await handle.executeUpdate(update, { args: [{ task: 'bad' }] });
      await handle.result().catch(() => {});
      assert.equal((await engine.status(handle)).tasks[0]?.state, state);
    }
  });

  it('finally: runs whatever happened, and is told of it', async () => {
    const told: Value[] = [];
    const last: Tasks = {
      last: {
        activity: 'tell',
        with: { outcome: '${ run.outcome }', failed: '${ run.failures.map(f, f.task + " " + f.state) }' },
      },
    };
    const tell = (input: Value): Value => (told.push(input), {});
    const go = async (only: Task): Promise<WorkflowHandle> =>
      engine.start({ name: 'page-finally', tasks: { only }, finally: last }, { ...activities, tell });
    await (await go({ activity: 'echo' })).result();
    await assert.rejects((await go({ activity: 'fail' })).result());
    const cancelled = await go({ wait: { for: '1h' } });
    await statusWhen(cancelled, ({ waiting }) => waiting.length > 0);
    await cancelled.cancel();
    await assert.rejects(cancelled.result());
    assert.deepEqual(told, [
      { outcome: 'succeeded', failed: [] },
      { outcome: 'failed', failed: ['only failed'] },
      { outcome: 'cancelled', failed: [] },
    ]);
  });

  it('taskQueue, priority, fairnessKey: the activity is scheduled as the task says', async () => {
    const elsewhere = { taskQueue: 'page-elsewhere', scheduleToStart: '1s', onFailure: 'continue' } as const;
    const handle = await start({
      urgent: {
        activity: 'echo',
        priority: 1,
        fairnessKey: 'team-${ 1 + 1 }',
        fairnessWeight: 2.5,
        scheduleToStart: '5m',
      },
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
    const { priorityKey, fairnessKey, fairnessWeight } = urgent.priority ?? {};
    assert.deepEqual([priorityKey, fairnessKey, fairnessWeight], [1, 'team-2', 2.5]);
    const { tasks } = await engine.status(handle);
    assert.match(tasks.find(({ name }) => name === 'nobodys')?.reason ?? '', /within its scheduleToStart/);
    assert.equal(Number(urgent.scheduleToStartTimeout?.seconds), 300);
    assert.equal(urgent.taskQueue?.name, engine.taskQueue);
  });

  it('outputs: what the run is worth; null where the task did not run', async () => {
    const tasks: Tasks = { a: { activity: 'echo', with: { n: 1 } }, b: { when: 'false', activity: 'echo' } };
    const { outputs } = await run(tasks, { outputs: { a: 'n is ${ tasks.a.n }', b: '${ tasks.b.n }' } });
    assert.deepEqual(outputs, { a: 'n is 1', b: null });
  });
});
