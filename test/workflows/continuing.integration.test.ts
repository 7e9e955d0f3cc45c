import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Definition, Tasks, Value } from '../../definitions/model/types.ts';
import type { RunStatus } from '../../workflows/messages.ts';
import { startEngine, type Engine, type TestActivity } from '../support/engine.ts';
import { saveHistory } from '../support/histories.ts';
import { gate } from '../support/play.ts';

const define = (name: string, tasks: Tasks, rest: Partial<Definition> = {}): Definition => ({
  name,
  tasks,
  ...rest,
});
const echo = (input: Value): Value => input;

/** Counts the calls for each task instance. */
function counted(activity: TestActivity): {
  readonly calls: Map<string, number>;
  readonly run: TestActivity;
} {
  const calls = new Map<string, number>();
  return {
    calls,
    run: (input, request) => {
      calls.set(request.task, (calls.get(request.task) ?? 0) + 1);
      return activity(input, request);
    },
  };
}

async function codeOf(result: Promise<unknown>): Promise<string | null | undefined> {
  const error = await result.then(
    () => assert.fail('the run succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure);
  return error.cause.type;
}

describe('a run over several executions (invariant 6)', function () {
  this.timeout(180_000);
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

  /** The histories of a run's executions, the first one first. */
  async function executions(run: WorkflowHandle): Promise<WorkflowHandle[]> {
    const found: string[] = [];
    // Visibility lags behind a little.
    while (!found.includes((await run.describe()).runId)) {
      found.length = 0;
      const list = engine.client.workflow.list({ query: `WorkflowId = '${run.workflowId}'` });
      for await (const { runId } of list) found.unshift(runId);
    }
    return found.map((runId) => engine.client.workflow.getHandle(run.workflowId, runId));
  }

  it('runs each task once, keeps every history short, and shows the whole tree', async () => {
    const work = counted(echo);
    const definition = define(
      'long',
      {
        first: { activity: 'work', with: { n: 1 } },
        each: {
          needs: ['first'],
          forEach: { in: '${ range(40) }', as: 'n', concurrency: 5 },
          tasks: {
            one: { activity: 'work', with: { n: '${ n + tasks.first.n }' } },
            odd: { needs: ['one'], when: '${ n % 2 == 1 }', activity: 'work' },
            two: { needs: ['odd'], run: 'noneFailed', activity: 'work', with: { n: '${ tasks.one.n }' } },
          },
          outputs: { n: '${ tasks.two.n }' },
        },
      },
      { outputs: { ns: '${ tasks.each.map(e, e.output.n) }' } },
    );
    const run = await engine.start(definition, { work: work.run }, { events: 80 });
    assert.deepEqual(await run.result(), { ns: Array.from({ length: 40 }, (_, n) => n + 1) });
    assert.equal(work.calls.size, 101);
    assert.ok([...work.calls.values()].every((count) => count === 1));
    const all = await executions(run);
    assert.ok(all.length >= 4, `${all.length} executions`);
    for (const execution of all) {
      const { events } = await execution.fetchHistory();
      assert.ok((events ?? []).length < 80 + 5 * 6 + 10, `${events?.length ?? 0} events`);
    }
    const status = await engine.status(run);
    const [first, each] = status.tasks;
    assert.equal(status.startedAt, (await all[0]?.describe())?.startTime.getTime());
    assert.deepEqual([first?.state, each?.counts.succeeded], ['succeeded', 40]);
    assert.deepEqual(
      each?.tasks?.map(({ counts }) => [counts.succeeded, counts.skipped]),
      [
        [40, 0],
        [20, 20],
        [40, 0],
      ],
    );
    assert.ok((first?.endedAt ?? 0) < (each?.endedAt ?? 0));
    // Taken over from one execution, and handed over to the next.
    await saveHistory('continued', all[1] ?? run);
  });

  it('carries on what is held, asked and paused, and failures', async () => {
    const release = gate();
    let isBroken = true;
    const chain: Tasks = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `c${index}`,
        { activity: 'echo', ...(index > 0 && { needs: [`c${index - 1}`] }) },
      ]),
    );
    const definition = define(
      'carried',
      {
        ...chain,
        held: { activity: 'bad', onFailure: 'hold', with: { n: 7 } },
        ask: { wait: { approval: { message: 'Well?', timeout: '1h', default: 'reject' } } },
        soon: { wait: { for: '4s' } },
        lost: { activity: 'lost', onFailure: 'continue' },
        gate: { needs: ['c11'], activity: 'wait' },
        after: { needs: ['gate'], activity: 'echo' },
      },
      { outputs: { held: '${ tasks.held.n }', by: '${ tasks.ask.by }' } },
    );
    const refuse = (): never => {
      throw ApplicationFailure.nonRetryable('no', 'NO');
    };
    const run = await engine.start(
      definition,
      {
        echo,
        bad: (input) => (isBroken ? refuse() : input),
        lost: refuse,
        wait: async () => (await release.passed, {}),
      },
      { events: 30 },
    );
    const first = (await run.describe()).runId;
    const before = await until(run, ({ tasks }) =>
      tasks.some(({ name, state }) => name === 'gate' && state === 'running'),
    );
    assert.notEqual((await run.describe()).runId, first);
    assert.deepEqual(
      before.waiting
        .map(({ task }) => task)
        .toSorted()
        .filter((task) => task !== 'soon'),
      ['ask', 'held'],
    );
    await run.executeUpdate('pause');
    release.open();
    const paused = await until(run, ({ tasks }) =>
      tasks.some(({ name, state }) => name === 'gate' && state === 'succeeded'),
    );
    assert.deepEqual(
      [paused.paused, paused.failures[0]?.task, paused.failures[0]?.tolerated],
      [true, 'lost', true],
    );
    await run.executeUpdate('resume');
    isBroken = false;
    await run.executeUpdate('retryTask', { args: [{ task: 'held' }] });
    await run.executeUpdate('approve', { args: [{ task: 'ask', approved: true, by: 'ada' }] });
    assert.deepEqual(await run.result(), { held: 7, by: 'ada' });
    const { startedAt = 0, endedAt = 0 } =
      (await engine.status(run)).tasks.find(({ name }) => name === 'soon') ?? {};
    // A wait that began anew with each execution would last longer.
    assert.ok(endedAt - startedAt >= 4_000);
    await saveHistory('carried', run);
  });

  it('runs a definition round by round, each in an execution of its own, and finally once', async () => {
    const rounds: unknown[] = [];
    let noted = 0;
    const definition = define(
      'rounds',
      {
        double: {
          activity: 'double',
          with: { from: '${ run.round == 0 ? params.n : run.last.n }', round: '${ run.round }' },
        },
      },
      {
        params: { n: { type: 'integer' } },
        repeat: { until: '${ outputs.n >= 100 }', maxRounds: 9 },
        outputs: { n: '${ tasks.double.n }' },
        finally: { note: { activity: 'note' } },
      },
    );
    const run = await engine.start(
      definition,
      {
        double: ({ from, round }, { run: { round: asked } }) => {
          rounds.push([round, asked]);
          return { n: Number(from) * 2 };
        },
        note: () => (noted += 1),
      },
      { n: 20 },
    );
    const first = (await run.describe()).runId;
    assert.deepEqual(await run.result(), { n: 160 });
    assert.deepEqual(rounds, [
      [0, undefined],
      [1, 1],
      [2, 2],
    ]);
    assert.equal(noted, 1);
    assert.equal((await engine.status(run)).round, 2);
    assert.notEqual((await run.describe()).runId, first);
    await saveHistory('rounds', run);
  });

  it('ends as cancelled also where its finally has a long history', async () => {
    const started = gate();
    const release = gate();
    const chain = Object.fromEntries(
      Array.from({ length: 12 }, (_, index): [string, Tasks[string]] => [
        `tidy${index}`,
        {
          activity: 'note',
          ...(index > 0 && { needs: [`tidy${index - 1}`] }),
          with: { outcome: '${ run.outcome }' },
        },
      ]),
    );
    const refuse: TestActivity = async () => {
      started.open();
      await release.passed;
      throw ApplicationFailure.nonRetryable('no', 'NO');
    };
    const definition = define(
      'cancelled-finally',
      { bad: { activity: 'bad' }, next: { needs: ['bad'], activity: 'note' } },
      { finally: chain },
    );
    const noted = new Set<Value | undefined>();
    const note: TestActivity = (input) => (noted.add(input['outcome']), input);
    const run = await engine.start(definition, { bad: refuse, note }, { events: 30 });
    await started.passed;
    await run.cancel();
    release.open();
    await assert.rejects(run.result(), WorkflowFailedError);
    assert.ok((await run.describe()).historyLength > 40);
    assert.deepEqual([...noted], ['cancelled']);
    assert.equal((await run.describe()).status.name, 'CANCELLED');
  });

  it('fails with a round that fails, and when its rounds are used up', async () => {
    const definition = (repeat: Definition['repeat']): Definition =>
      define(
        'exhausted',
        { work: { activity: 'work', with: { n: '${ run.round }' } } },
        {
          ...(repeat && { repeat }),
          outputs: { n: '${ tasks.work.n }' },
        },
      );
    const used = await engine.start(definition({ until: 'outputs.n > 5', maxRounds: 2 }), { work: echo });
    assert.equal(await codeOf(used.result()), 'ROUNDS_EXHAUSTED');
    const breaks: TestActivity = ({ n }) => {
      if (n === 1) throw ApplicationFailure.nonRetryable('no', 'NO');
      return { n: n ?? null };
    };
    const broken = await engine.start(definition({}), { work: breaks });
    assert.equal(await codeOf(broken.result()), 'RUN_FAILED');
  });

  describe('resumed after it has ended', () => {
    const definition = define(
      'resumed',
      {
        first: { activity: 'work', with: { n: 1 } },
        ask: { wait: { approval: { message: 'Go on?' } } },
        each: {
          needs: ['first', 'ask'],
          forEach: { in: [0, 1, 2], as: 'n' },
          activity: 'item',
          with: { n: '${ n }' },
        },
        last: { needs: ['each'], activity: 'work', with: { n: '${ tasks.first.n + 1 }' } },
      },
      { outputs: { n: '${ tasks.last.n }', by: '${ tasks.ask.by }' } },
    );
    const resume = (run: WorkflowHandle, options: object = {}): Promise<WorkflowHandle> =>
      engine.client.workflow.start(definition.name, {
        args: [{}, { resume: true, ...options }],
        taskQueue: engine.taskQueue,
        workflowId: run.workflowId,
      });
    const approve = (run: WorkflowHandle): Promise<unknown> =>
      run.executeUpdate('approve', { args: [{ task: 'ask', approved: true, by: 'ada' }] });

    it('keeps what had succeeded and runs the rest, and a chosen task with all that needs it', async () => {
      let isBroken = true;
      const work = counted(echo);
      const item = counted((input) => {
        if (isBroken && input['n'] === 1) throw ApplicationFailure.nonRetryable('no', 'NO');
        return input;
      });
      const run = await engine.start(definition, { work: work.run, item: item.run });
      await until(run, ({ waiting }) => waiting.length === 1);
      await approve(run);
      assert.equal(await codeOf(run.result()), 'RUN_FAILED');
      const { startedAt } = await engine.status(run);
      const again = await resume(run);
      assert.equal(await codeOf(again.result()), 'RUN_FAILED');
      isBroken = false;
      const third = await resume(run, { task: 'first' });
      assert.deepEqual(await third.result(), { n: 2, by: 'ada' });
      assert.deepEqual(Object.fromEntries(work.calls), { first: 2, last: 1 });
      assert.deepEqual(Object.fromEntries(item.calls), { 'each[0]': 2, 'each[1]': 3, 'each[2]': 2 });
      assert.equal((await engine.status(third)).startedAt, startedAt);
      await saveHistory('resumed', third);
      assert.equal(await codeOf((await resume(run)).result()), 'NOTHING_TO_RESUME');
    });

    it('goes on with its waits after it was terminated', async () => {
      const run = await engine.start(definition, { work: echo, item: echo });
      await until(run, ({ waiting, tasks }) => waiting.length === 1 && tasks[0]?.state === 'succeeded');
      await run.terminate();
      const again = await resume(run);
      await until(again, ({ waiting }) => waiting.length === 1);
      await approve(again);
      assert.deepEqual(await again.result(), { n: 2, by: 'ada' });
    });
  });
});
