import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure, cancelled, heartbeat } from '@temporalio/activity';
import { WorkflowFailedError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import type { Definition, Tasks, Value } from '../../definitions/model/types.ts';
import type { RunStatus } from '../../workflows/messages.ts';
import { engineProject, startEngine, type Engine, type TestActivity } from '../support/engine.ts';
import { replayHistory, saveHistory } from '../support/histories.ts';
import { captureCli, type Captured } from '../cli/captured-cli.ts';
import { gate } from '../support/play.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';

const define = (name: string, tasks: Tasks, rest: Partial<Definition> = {}): Definition => ({
  name,
  tasks,
  ...rest,
});
const echo = (input: Value): Value => input;
const refuse = (): never => {
  throw ApplicationFailure.nonRetryable('connection refused', 'MODEL_DOWN');
};
/** Fails the first time each task instance asks, and then gives its input back. */
function failsOnce(): TestActivity {
  const seen = new Set<string>();
  return (input, { task }) => (seen.has(task) ? input : (seen.add(task), refuse()));
}

async function codeOfRefusal(update: Promise<unknown>): Promise<string | null | undefined> {
  const error = await update.then(
    () => assert.fail('the update was taken'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof WorkflowUpdateFailedError);
  assert.ok(error.cause instanceof ApplicationFailure);
  return error.cause.type;
}

/** A folder that is the engine's project: workers take the runs of their own project only. */
async function folderOfEngine(): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'prose-operating-')));
  for (const folder of ['definitions', 'configs', 'data']) await mkdir(join(root, folder));
  await writeFile(join(root, 'data', 'project.json'), JSON.stringify({ id: engineProject, root }));
  return root;
}

describe('operating a run on Temporal', function () {
  this.timeout(120_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  async function until(run: WorkflowHandle, isSo: (status: RunStatus) => boolean): Promise<RunStatus> {
    for (;;) {
      // A child run that its parent has asked for need not be there yet.
      const status = await engine.status(run).catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
      if (status !== undefined && isSo(status)) return status;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const send = (run: WorkflowHandle, name: string, ...args: object[]): Promise<void> =>
    args.length === 0 ? run.executeUpdate<void, []>(name) : run.executeUpdate(name, { args: [args[0]] });

  it('shows what a run inside it waits for, with the command that goes on', async () => {
    const cli = (...args: string[]): Promise<Captured> =>
      captureCli(args, { cwd: packageRoot, env: { TEMPORAL_ADDRESS: engine.address } });
    engine.define(define('asks', { ask: { wait: { approval: { message: 'Go on?' } } } }));
    engine.define(define('between', { inner: { workflow: 'asks' } }));
    const run = await engine.start(define('outside', { sub: { workflow: 'between' } }), {});
    const inner = `${run.workflowId}/sub/inner`;
    await until(engine.client.workflow.getHandle(inner), ({ waiting }) => waiting.length === 1);

    const { stdout } = await cli('status', run.workflowId);
    assert.match(stdout, new RegExp(`^  ${inner}: ask is waiting: Go on\\?$`, 'mu'));
    assert.match(stdout, new RegExp(`^    prose approve ${inner} --task 'ask' `, 'mu'));
    const json = JSON.parse((await cli('status', run.workflowId, '--json')).stdout) as {
      inside: { runId: string; waiting: { task: string }[] }[];
    };
    assert.deepEqual(
      json.inside.map(({ runId, waiting }) => [runId, waiting.map(({ task }) => task)]),
      [[inner, ['ask']]],
    );
    assert.equal((await cli('approve', inner, '--task', 'ask')).exitCode, 0);
    await run.result();
    assert.doesNotMatch((await cli('status', run.workflowId)).stdout, /is waiting/u);
  });

  it('ends well in spite of a tolerated failure, and says so', async () => {
    const definition = define(
      'tolerant',
      { bad: { activity: 'refuse', onFailure: 'continue' }, blocked: { needs: ['bad'], activity: 'echo' } },
      { outputs: { n: '${ tasks.bad.n }' } },
    );
    const run = await engine.start(definition, { refuse, echo });
    assert.deepEqual(await run.result(), { n: null });
    const { tasks, failures } = await engine.status(run);
    assert.deepEqual(
      tasks.map(({ state, tolerated }) => [state, tolerated]),
      [
        ['failed', true],
        ['blocked', true],
      ],
    );
    assert.deepEqual(
      failures.map(({ tolerated }) => tolerated),
      [true, true],
    );
  });

  it('holds each failed item without a timer, and retries, skips or fails it as told', async () => {
    const definition = define(
      'holding',
      {
        each: {
          forEach: { in: ['a', 'b', 'c'] },
          activity: 'work',
          onFailure: 'hold',
          with: { item: '${ item }' },
        },
        after: { needs: ['each'], run: 'allSettled', activity: 'echo' },
      },
      { outputs: { states: '${ tasks.each.map(e, e.status) }' } },
    );
    const run = await engine.start(definition, { work: failsOnce(), echo });
    const held = await until(run, ({ waiting }) => waiting.length === 3);
    assert.deepEqual([held.tasks[0]?.state, held.tasks[0]?.counts.held], ['held', 3]);
    assert.equal(await codeOfRefusal(send(run, 'retryTask', { task: 'each[3]' })), 'TASK_NOT_HELD');
    assert.equal(await codeOfRefusal(send(run, 'retryTask', { task: 'eech[0]' })), 'UNKNOWN_TASK');
    assert.equal(await codeOfRefusal(send(run, 'skipTask', { tusk: 'each[0]' })), 'WRONG_INPUT');
    assert.equal(await codeOfRefusal(send(run, 'failTask')), 'WRONG_INPUT');
    await send(run, 'retryTask', { task: 'each[0]' });
    await send(run, 'skipTask', { task: 'each[1]' });
    assert.equal(await codeOfRefusal(send(run, 'retryTask', { task: 'each[1]' })), 'TASK_NOT_HELD');
    await send(run, 'failTask', { task: 'each[2]' });
    await assert.rejects(run.result(), WorkflowFailedError);
    const { tasks } = await engine.status(run);
    const { succeeded, skipped, failed } = tasks[0]?.counts ?? {};
    assert.deepEqual([succeeded, skipped, failed, tasks[1]?.state], [1, 1, 1, 'succeeded']);
    const { events } = await run.fetchHistory();
    assert.ok(!(events ?? []).some(({ timerStartedEventAttributes: timer }) => timer != null));
    await saveHistory('holding', run);
  });

  it('is operated by the command line, which passes on why something is refused', async () => {
    const definition = define('by-hand', { bad: { activity: 'work', onFailure: 'hold' } });
    const run = await engine.start(definition, { work: failsOnce() });
    await until(run, ({ waiting }) => waiting.length === 1);
    const root = await folderOfEngine();
    const prose = (...args: string[]): Promise<Captured> =>
      captureCli(args, { cwd: root, env: { TEMPORAL_ADDRESS: engine.address } });
    const refused = await prose('retry', run.workflowId, '--task', 'bat');
    assert.deepEqual([refused.exitCode, /Did you mean 'bad'/.test(refused.stderr)], [2, true]);
    assert.equal((await prose('approve', run.workflowId, '--task', 'bad')).exitCode, 2);
    assert.equal((await prose('pause', 'no-such-run')).exitCode, 2);
    assert.equal((await prose('pause', run.workflowId)).exitCode, 0);
    assert.equal((await prose('resume', run.workflowId)).exitCode, 0);
    assert.match((await prose('status', run.workflowId)).stdout, /prose retry by-hand-.* --task 'bad'/);
    assert.equal((await prose('retry', run.workflowId)).exitCode, 2);
    assert.equal((await prose('retry', run.workflowId, '--task', 'bad')).exitCode, 0);
    await run.result();
    assert.equal((await prose('retry', run.workflowId)).exitCode, 2);
    const lost = await engine.start(define('lost', { bad: { activity: 'work' } }), { work: failsOnce() });
    await assert.rejects(lost.result(), WorkflowFailedError);
    const resumed = await prose('retry', lost.workflowId, '--json');
    assert.deepEqual([resumed.exitCode, JSON.parse(resumed.stdout).state], [0, 'succeeded']);
  });

  it('lets go of whoever has watched it at once, at Ctrl-C', async () => {
    const run = await engine.start(define('watched', { wait: { wait: { for: '1h' } } }), {});
    const watching = spawn(
      process.execPath,
      [join(packageRoot, 'cli', 'prose.mjs'), 'status', run.workflowId, '--watch'],
      {
        cwd: packageRoot,
        env: { ...process.env, TEMPORAL_ADDRESS: engine.address },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(watching.stdout, 'data');
    watching.stdout.resume();
    const ended = once(watching, 'close', { signal: AbortSignal.timeout(5_000) });
    watching.kill('SIGINT');
    try {
      const [exitCode] = await ended;
      assert.equal(exitCode, 0);
    } finally {
      watching.kill('SIGKILL');
      await run.terminate();
    }
  });

  it('starts nothing while paused and lets what runs finish', async () => {
    const entered = gate();
    const release = gate();
    const definition = define('pausing', {
      first: { activity: 'first' },
      next: { needs: ['first'], activity: 'echo' },
    });
    const first = async (): Promise<Value> => {
      entered.open();
      await release.passed;
      return {};
    };
    const run = await engine.start(definition, { first, echo });
    await entered.passed;
    assert.equal(await codeOfRefusal(send(run, 'resume')), 'NOT_PAUSED');
    await send(run, 'pause');
    assert.equal(await codeOfRefusal(send(run, 'pause')), 'ALREADY_PAUSED');
    release.open();
    const paused = await until(run, ({ tasks }) => tasks[0]?.state === 'succeeded');
    assert.deepEqual([paused.paused, paused.tasks[1]?.state], [true, 'pending']);
    await send(run, 'resume');
    await run.result();
    assert.equal((await engine.status(run)).paused, false);
    await saveHistory('pausing', run);
  });

  it('waits for a time, and for an approval that somebody gives or that its default gives', async () => {
    const definition = define(
      'waiting',
      {
        soon: { wait: { for: '50ms' } },
        review: {
          needs: ['soon'],
          wait: { approval: { message: 'Go on?', timeout: '1h', default: 'reject' } },
        },
        late: { wait: { approval: { message: 'Now?', timeout: '50ms', default: 'approve' } } },
      },
      { outputs: { review: '${ tasks.review }', late: '${ tasks.late.by }' } },
    );
    const run = await engine.start(definition, {});
    const status = await until(run, ({ waiting }) => waiting.some(({ task }) => task === 'review'));
    assert.equal(status.tasks[1]?.state, 'waiting');
    const answer = { task: 'review', approved: true, by: 'ada' };
    assert.equal(await codeOfRefusal(send(run, 'approve', { ...answer, approved: 'yes' })), 'WRONG_INPUT');
    assert.equal(await codeOfRefusal(send(run, 'approve', { ...answer, task: 'soon' })), 'TASK_NOT_WAITING');
    await send(run, 'approve', answer);
    assert.deepEqual(await run.result(), {
      review: { approved: true, by: 'ada', note: '' },
      late: 'timeout',
    });
    await saveHistory('waiting', run);
  });

  describe('a workflow task', () => {
    const child = define(
      'child',
      { work: { activity: 'work', with: { n: '${ params.n }' } } },
      { params: { n: { type: 'integer' } }, outputs: { n: '${ tasks.work.n + 1 }' } },
    );
    const parent = define(
      'parent',
      { sub: { forEach: { in: [1, 2] }, workflow: 'child', with: { n: '${ item }' } } },
      { outputs: { ns: '${ tasks.sub.map(s, s.status == "succeeded" ? s.output.n : 0) }' } },
    );

    it('runs another definition under its own id and is worth its outputs', async () => {
      engine.define(child);
      const run = await engine.start(parent, { work: echo });
      assert.deepEqual(await run.result(), { ns: [2, 3] });
      const first = engine.client.workflow.getHandle(`${run.workflowId}/sub[0]`);
      assert.deepEqual(await first.result(), { n: 2 });
      assert.equal((await engine.status(run)).tasks[0]?.kind, 'workflow');
      await replayHistory(await run.fetchHistory(), run.workflowId);
    });

    it('fails as the other run fails', async () => {
      engine.define(child);
      const run = await engine.start(parent, { work: refuse });
      await assert.rejects(run.result(), WorkflowFailedError);
      const { failures } = await engine.status(run);
      // The two children run side by side; either may fail first.
      const ofItems = failures.filter(({ task }) => task.startsWith('sub['));
      assert.deepEqual(ofItems.map(({ task }) => task).toSorted(), ['sub[0]', 'sub[1]']);
      assert.ok(ofItems.every(({ type }) => type === 'RUN_FAILED'));
    });

    it('is cancelled with the run, and fails alone when only it is cancelled', async () => {
      engine.define(define('child', { ask: { wait: { approval: { message: 'Go on?' } } } }));
      const run = await engine.start(parent, {});
      await until(run, ({ tasks }) => tasks[0]?.counts.running === 2);
      const [first, second] = [0, 1].map((index) =>
        engine.client.workflow.getHandle(`${run.workflowId}/sub[${index}]`),
      );
      await until(first ?? run, ({ waiting }) => waiting.length === 1);
      await first?.cancel();
      const { failures } = await until(run, ({ tasks }) => tasks[0]?.counts.failed === 1);
      assert.equal(failures[0]?.type, 'CHILD_CANCELLED');
      await run.cancel();
      await assert.rejects(run.result(), WorkflowFailedError);
      assert.deepEqual(
        [(await run.describe()).status.name, (await second?.describe())?.status.name],
        ['CANCELLED', 'CANCELLED'],
      );
    });
  });

  describe('finally', () => {
    const last: Tasks = {
      tidy: { activity: 'note', with: { outcome: '${ run.outcome }', saw: '${ has(tasks.work) }' } },
    };
    async function endOf(name: string, work: TestActivity, cancels = false): Promise<[Value, string]> {
      let noted: Value = null;
      const definition = define(name, { work: { activity: 'work' } }, { finally: last });
      const run = await engine.start(definition, {
        work,
        note: (input) => (noted = input),
      });
      if (cancels) {
        await until(run, ({ tasks }) => tasks[0]?.state === 'running');
        await run.cancel();
      }
      await run.result().catch(() => {});
      const { tasks } = await engine.status(run);
      assert.deepEqual([tasks[1]?.name, tasks[1]?.state], ['tidy', 'succeeded']);
      await saveHistory(name, run);
      return [noted, (await run.describe()).status.name];
    }

    it('runs after success', async () => {
      const ended = await endOf('finally-succeeded', echo);
      assert.deepEqual(ended, [{ outcome: 'succeeded', saw: true }, 'COMPLETED']);
    });

    it('runs after a failure', async () => {
      const ended = await endOf('finally-failed', refuse);
      assert.deepEqual(ended, [{ outcome: 'failed', saw: false }, 'FAILED']);
    });

    it('runs after a cancellation', async () => {
      const work = async (): Promise<Value> => {
        const beat = setInterval(() => heartbeat(), 50);
        return cancelled().finally(() => clearInterval(beat));
      };
      const ended = await endOf('finally-cancelled', work, true);
      assert.deepEqual(ended, [{ outcome: 'cancelled', saw: false }, 'CANCELLED']);
    });

    it('fails a run that would have succeeded when it fails itself', async () => {
      const definition = define(
        'finally-bad',
        { work: { activity: 'echo' } },
        { finally: { tidy: { activity: 'refuse' } } },
      );
      const run = await engine.start(definition, { echo, refuse });
      await assert.rejects(run.result(), WorkflowFailedError);
    });
  });

  for (const state of ['held', 'paused'] as const)
    it(`can be cancelled while ${state}`, async () => {
      const definition = define(`cancelled-${state}`, {
        bad: { activity: 'bad', onFailure: 'hold' },
        next: { needs: ['bad'], activity: 'echo' },
      });
      const entered = gate();
      const opened = gate();
      const bad = async (): Promise<Value> => {
        if (state === 'held') return refuse();
        entered.open();
        await opened.passed;
        return {};
      };
      const run = await engine.start(definition, { bad, echo });
      if (state === 'paused') {
        await entered.passed;
        await send(run, 'pause');
        opened.open();
        await until(run, ({ tasks }) => tasks[0]?.state === 'succeeded');
      } else await until(run, ({ waiting }) => waiting.length === 1);
      await run.cancel();
      await assert.rejects(run.result(), WorkflowFailedError);
      assert.equal((await run.describe()).status.name, 'CANCELLED');
      assert.equal((await engine.status(run)).tasks[1]?.state, 'cancelled');
    });
});
