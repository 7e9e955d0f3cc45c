import assert from 'node:assert/strict';
import { ApplicationFailure, cancelled, heartbeat } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import type { Definition, Tasks, Value } from '../../definitions/model/types.ts';
import type { RunStatus } from '../../workflows/messages.ts';
import { startEngine, type Engine } from '../support/engine.ts';
import { saveHistory } from '../support/histories.ts';
import { gate } from '../support/play.ts';

const define = (name: string, tasks: Tasks, rest: Partial<Definition> = {}): Definition => ({
  name,
  tasks,
  ...rest,
});
const echo = (input: Value): Value => input;
const quick = { retry: { initialInterval: '10ms' } };

async function failureOf(result: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await result.then(
    () => assert.fail('the run succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof WorkflowFailedError);
  assert.ok(error.cause instanceof ApplicationFailure);
  return error.cause;
}

describe('interpreter on Temporal', function () {
  this.timeout(120_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  it('runs a diamond in the order of its needs and gives the outputs', async () => {
    const order: string[] = [];
    const note = (input: Value, { task }: { task: string }): Value => {
      order.push(task);
      return input;
    };
    const definition = define(
      'diamond',
      {
        top: { activity: 'note', with: { n: '${ params.n }' } },
        left: { needs: ['top'], activity: 'note', with: { n: '${ tasks.top.n + 1 }' } },
        right: { needs: ['top'], activity: 'note', with: { n: '${ tasks.top.n + 2 }' } },
        bottom: {
          needs: ['left', 'right'],
          activity: 'note',
          with: { sum: '${ tasks.left.n + tasks.right.n }' },
        },
      },
      { outputs: { sum: '${ tasks.bottom.sum }', text: 'sum ${ tasks.bottom.sum } of ${ run.definition }' } },
    );
    const run = await engine.start(definition, { note }, { n: 1 });
    assert.deepEqual(await run.result(), { sum: 5, text: 'sum 5 of diamond' });
    assert.equal(order[0], 'top');
    assert.equal(order[3], 'bottom');
    await saveHistory('diamond', run);
  });

  it('starts independent tasks at once (invariant 4)', async () => {
    const left = gate();
    const right = gate();
    const definition = define('parallel', { left: { activity: 'left' }, right: { activity: 'right' } });
    const run = await engine.start(definition, {
      left: async () => {
        left.open();
        await right.passed;
        return {};
      },
      right: async () => {
        right.open();
        await left.passed;
        return {};
      },
    });
    assert.deepEqual(await run.result(), {});
  });

  it('skips what a false condition cuts off, and ends well', async () => {
    const definition = define(
      'skipping',
      {
        pairs: { activity: 'count' },
        train: { needs: ['pairs'], when: '${ tasks.pairs.count > 10 }', activity: 'echo' },
        test: { needs: ['train'], activity: 'echo' },
        note: { needs: ['test'], run: 'noneFailed', activity: 'echo', with: { ran: true } },
      },
      { outputs: { version: '${ tasks.train.version }', ran: '${ tasks.note.ran }' } },
    );
    const run = await engine.start(definition, { count: () => ({ count: 3 }), echo });
    assert.deepEqual(await run.result(), { version: null, ran: true });
    const { tasks } = await engine.status(run);
    assert.deepEqual(
      tasks.map(({ state }) => state),
      ['succeeded', 'skipped', 'skipped', 'succeeded'],
    );
    await saveHistory('skipping', run);
  });

  it('pipelines the items of a group under its concurrency, and gives their results in order', async () => {
    let inFlight = 0;
    let most = 0;
    const order: string[] = [];
    const work = async (input: Value, { task }: { task: string }): Promise<Value> => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      order.push(task);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inFlight -= 1;
      return input;
    };
    const definition = define(
      'pipeline',
      {
        explore: {
          forEach: { in: '${ range(6) }', as: 'n', concurrency: 2 },
          tasks: {
            vary: { activity: 'work', with: { n: '${ n }' } },
            score: { needs: ['vary'], activity: 'work', with: { n: '${ tasks.vary.n * 10 }' } },
          },
        },
      },
      { outputs: { scores: '${ tasks.explore.map(e, e.output.score.n) }' } },
    );
    const run = await engine.start(definition, { work });
    assert.deepEqual(await run.result(), { scores: [0, 10, 20, 30, 40, 50] });
    assert.equal(most, 2);
    assert.ok(order.indexOf('explore[0].score') < order.indexOf('explore[3].vary'));
    await saveHistory('pipeline', run);
  });

  it('fails by a code of the definition, tells others why, and takes bounds and waits from expressions', async () => {
    const definition = define(
      'errors',
      {
        each: {
          forEach: {
            in: "${ cross([2, 1].sort(), ['a', 'b']) }",
            as: 'pair',
            index: 'place',
            concurrency: '${ params.n }',
            maxFailures: '${ params.n }',
          },
          tasks: {
            gate: { when: '${ place == 0 }', fail: { code: 'FIRST', message: 'Not ${ pair[1] }.' } },
            echo: { needs: ['gate'], run: 'noneFailed', activity: 'echo', with: { place: '${ place }' } },
          },
        },
        stop: { needs: ['each'], fail: { code: 'STOPPED', message: 'Enough.' }, onFailure: 'continue' },
        pause: { needs: ['stop'], run: 'anyFailed', wait: { for: "${ string(params.n) + 'ms' }" } },
        say: {
          needs: ['pause', 'stop'],
          run: 'allSettled',
          activity: 'echo',
          with: { why: '${ errors.stop }' },
        },
      },
      { outputs: { why: '${ tasks.say.why }', each: '${ tasks.each.map(e, e.status) }' } },
    );
    const run = await engine.start(definition, { echo }, { n: 1 });
    assert.deepEqual(await run.result(), {
      why: { type: 'STOPPED', message: 'Enough.' },
      each: ['failed', 'succeeded', 'succeeded', 'succeeded'],
    });
    await saveHistory('errors', run);
  });

  it('retries by the policy of the task, and not what the policy excludes', async () => {
    const attempts = { flaky: 0, hopeless: 0, excluded: 0 };
    const definition = define(
      'retries',
      {
        flaky: { activity: 'flaky' },
        hopeless: { activity: 'hopeless', retry: { maximumAttempts: 2 } },
        excluded: { activity: 'excluded', retry: { nonRetryableErrorTypes: ['BAD_REQUEST'] } },
      },
      { defaults: quick },
    );
    const run = await engine.start(definition, {
      flaky: () => {
        attempts.flaky += 1;
        if (attempts.flaky < 3) throw ApplicationFailure.retryable('not yet', 'SERVER_DOWN');
        return {};
      },
      hopeless: () => {
        attempts.hopeless += 1;
        throw ApplicationFailure.retryable('never', 'SERVER_DOWN');
      },
      excluded: () => {
        attempts.excluded += 1;
        throw ApplicationFailure.retryable('no', 'BAD_REQUEST');
      },
    });
    const failure = await failureOf(run.result());
    assert.equal(failure.type, 'RUN_FAILED');
    assert.deepEqual(attempts, { flaky: 3, hopeless: 2, excluded: 1 });
  });

  it('asks anew for what only workers of another project have taken, which costs the task no attempt', async () => {
    let handedBack = 0;
    const definition = define('foreign', {
      work: { activity: 'work', retry: { maximumAttempts: 1 }, with: { n: 1 } },
    });
    const run = await engine.start(definition, {
      work: () => {
        handedBack += 1;
        if (handedBack === 1)
          throw ApplicationFailure.create({ type: 'OTHER_PROJECT', nextRetryDelay: '1ms' });
        throw ApplicationFailure.nonRetryable('its own', 'OWN');
      },
    });
    assert.match((await failureOf(run.result())).message, /work: OWN/);
    assert.equal(handedBack, 2);
  });

  it('finishes the other branch when one fails, then fails naming tasks and causes; blocked is not skipped', async () => {
    const done: string[] = [];
    const definition = define(
      'branches',
      {
        bad: { activity: 'bad', retry: { maximumAttempts: 1 } },
        afterBad: { needs: ['bad'], activity: 'note' },
        good: { activity: 'note' },
        afterGood: { needs: ['good'], activity: 'note' },
        never: { when: 'false', activity: 'note' },
      },
      { outputs: { x: '${ tasks.good }' } },
    );
    const run = await engine.start(definition, {
      bad: () => {
        throw ApplicationFailure.nonRetryable('connection refused', 'MODEL_DOWN');
      },
      note: (_input, { task }) => {
        done.push(task);
        return {};
      },
    });
    const failure = await failureOf(run.result());
    assert.equal(failure.type, 'RUN_FAILED');
    assert.match(failure.message, /bad.*afterBad.*MODEL_DOWN.*connection refused/);
    assert.deepEqual(done, ['good', 'afterGood']);
    const status = await engine.status(run);
    assert.equal(status.state, 'failed');
    assert.deepEqual(
      status.tasks.map(({ state }) => state),
      ['failed', 'blocked', 'succeeded', 'succeeded', 'skipped'],
    );
    assert.deepEqual(
      status.failures.map(({ task, type }) => [task, type]),
      [
        ['bad', 'MODEL_DOWN'],
        ['afterBad', 'BLOCKED'],
      ],
    );
    await saveHistory('branches', run);
  });

  it('answers the status query while it runs and after it has ended', async () => {
    const entered = gate();
    const release = gate();
    const definition = define(
      'watched',
      { first: { activity: 'held' }, next: { needs: ['first'], activity: 'echo' } },
      { description: 'Is watched.' },
    );
    const held = async (): Promise<Value> => {
      entered.open();
      await release.passed;
      return {};
    };
    const run = await engine.start(definition, { held, echo });
    await entered.passed;
    const during = await engine.status(run);
    assert.deepEqual(
      [during.state, during.description, during.digest, during.tasks.map(({ state }) => state)],
      ['running', 'Is watched.', 'digest', ['running', 'pending']],
    );
    release.open();
    await run.result();
    const afterwards = await engine.status(run);
    assert.deepEqual([afterwards.state, afterwards.outputs], ['succeeded', {}]);
    assert.ok((afterwards.endedAt ?? 0) >= afterwards.startedAt);
    const { memo } = await run.describe();
    assert.deepEqual(memo, { definition: 'watched', digest: 'digest', state: 'succeeded', outputs: {} });
  });

  it('ends running activities when it is cancelled, and ends cancelled', async () => {
    const entered = gate();
    let sawCancellation = false;
    const definition = define('cancelled', {
      long: { activity: 'long' },
      next: { needs: ['long'], activity: 'echo' },
    });
    const long = async (): Promise<Value> => {
      entered.open();
      const beat = setInterval(() => heartbeat(), 50);
      try {
        return await cancelled();
      } finally {
        sawCancellation = true;
        clearInterval(beat);
      }
    };
    const run = await engine.start(definition, { long, echo });
    await entered.passed;
    await run.cancel();
    await assert.rejects(run.result(), WorkflowFailedError);
    assert.ok(sawCancellation);
    assert.equal((await run.describe()).status.name, 'CANCELLED');
    const status: RunStatus = await engine.status(run);
    assert.equal(status.state, 'cancelled');
    assert.deepEqual(
      status.tasks.map(({ state }) => state),
      ['cancelled', 'cancelled'],
    );
    await saveHistory('cancelled', run);
  });

  it('fails at once with the problems of its params', async () => {
    const definition = define('refused', { only: { activity: 'echo' } });
    const run = await engine.start(definition, { echo }, { refuse: true });
    const failure = await failureOf(run.result());
    assert.equal(failure.type, 'INVALID_PARAMS');
    assert.deepEqual(failure.details, [{ code: 'REFUSED' }]);
    assert.equal((await engine.status(run)).state, 'failed');
  });

  it('is started by any client with no more than a type and a task queue', async () => {
    const definition = define(
      'plain',
      { only: { activity: 'echo', with: { n: 1 } } },
      { outputs: { n: '${ tasks.only.n }' } },
    );
    const first = await engine.start(definition, { echo });
    assert.deepEqual(await first.result(), { n: 1 });
    const unknown = await engine.client.workflow.start('noSuchDefinition', {
      taskQueue: engine.taskQueue,
      workflowId: `unknown-${first.workflowId}`,
    });
    assert.equal((await failureOf(unknown.result())).type, 'UNKNOWN_DEFINITION');
  });

  it('names its activities after the task instances', async () => {
    const definition = define('named', {
      each: { forEach: { in: [1, 2] }, tasks: { a: { activity: 'echo' } } },
    });
    const run = await engine.start(definition, { echo });
    await run.result();
    const { events } = await run.fetchHistory();
    const ids = (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityId ?? [],
    );
    assert.deepEqual(ids, ['pinRun', 'each[0].a', 'each[1].a']);
  });

  it('runs 1,000 items with a history well below 10,000 events (invariant 6)', async () => {
    const definition = define(
      'wide',
      {
        each: {
          forEach: { in: '${ range(1000) }', concurrency: 500 },
          activity: 'echo',
          with: { n: '${ item }' },
        },
      },
      { outputs: { last: '${ tasks.each[999].output.n }' } },
    );
    const run = await engine.start(definition, { echo });
    assert.deepEqual(await run.result(), { last: 999 });
    const { historyLength } = await run.describe();
    assert.ok(historyLength < 6_000, `${historyLength} events`);
  });
});
