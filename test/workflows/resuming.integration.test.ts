import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Definition, Tasks } from '../../definitions/model/types.ts';
import type { RunStatus } from '../../workflows/messages.ts';
import { bulkOf } from '../support/bulk.ts';
import { startEngine, type Engine, type TestActivity } from '../support/engine.ts';
import { saveHistory } from '../support/histories.ts';
import { gate } from '../support/play.ts';

const define = (name: string, tasks: Tasks, rest: Partial<Definition> = {}): Definition => ({
  name,
  tasks,
  ...rest,
});
const bulk = bulkOf('work');

/** An activity that hands back its input and fails for some task instances, with the calls for each; ids of children are cut off. */
class Work {
  readonly broken = new Set<string>();
  #calls = new Map<string, number>();

  readonly run: TestActivity = (input, { task, run }) => {
    const child = run.runId.split('/').slice(1).join('/');
    const place = child === '' ? task : `${child}/${task}`;
    this.#calls.set(place, (this.#calls.get(place) ?? 0) + 1);
    if (this.broken.has(place)) throw ApplicationFailure.nonRetryable('connection refused', 'MODEL_DOWN');
    return input;
  };

  /** Since it was last asked, in the order of their names. */
  calls(): { readonly [place: string]: number } {
    const calls = Object.fromEntries([...this.#calls].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    this.#calls = new Map();
    return calls;
  }
}

describe('a failed run that goes on (invariant 3)', function () {
  this.timeout(180_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  const resume = async (run: WorkflowHandle, options: object = {}): Promise<WorkflowHandle> =>
    engine.client.workflow.start((await run.describe()).type, {
      args: [{}, { resume: true, ...options }],
      taskQueue: engine.taskQueue,
      workflowId: run.workflowId,
    });
  const handleOf = (id: string): WorkflowHandle => engine.client.workflow.getHandle(id);
  const fails = (run: WorkflowHandle): Promise<void> => assert.rejects(run.result(), WorkflowFailedError);
  async function until(run: WorkflowHandle, isSo: (status: RunStatus) => boolean): Promise<RunStatus> {
    for (;;) {
      const status = await engine.status(run).catch(() => undefined);
      if (status !== undefined && isSo(status)) return status;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const part = define(
    'resumed-part',
    {
      first: { activity: 'work', with: { n: '${ params.n }' } },
      last: { needs: ['first'], activity: 'work', with: { n: '${ tasks.first.n }' } },
    },
    { params: { n: { type: 'integer' } }, outputs: { n: '${ tasks.last.n }' } },
  );

  describe('in slices', () => {
    const definition = define(
      'resumed-slices',
      {
        each: {
          forEach: { in: '${ range(7) }', as: 'n', concurrency: 16 },
          tasks: {
            bulk,
            one: { activity: 'work', with: { n: '${ n }' } },
            two: { needs: ['one'], activity: 'work', with: { n: '${ tasks.one.n }' } },
          },
          outputs: { n: '${ tasks.two.n }' },
        },
      },
      { outputs: { ns: '${ tasks.each.map(e, e.output.n) }' } },
    );
    const everything = [0, 1, 2, 3, 4, 5, 6];

    it('runs the failed item alone again, and of it only what had failed', async () => {
      const work = new Work();
      work.broken.add('each[3].two');
      const run = await engine.start(definition, { work: work.run });
      await fails(run);
      assert.equal(Object.keys(work.calls()).length, 14);
      await fails(await resume(run));
      assert.deepEqual(work.calls(), { 'each[3].two': 1 });
      work.broken.clear();
      const third = await resume(run);
      assert.deepEqual(await third.result(), { ns: everything });
      assert.deepEqual(work.calls(), { 'each[3].two': 1 });
      const { tasks } = await engine.status(third);
      assert.deepEqual(
        tasks[0]?.tasks?.map(({ counts }) => counts.succeeded),
        [0, 7, 7],
      );
      await saveHistory('resumed-slices', third);
      await saveHistory('resumed-slice', handleOf(`${run.workflowId}/each[2..4]`));
    });

    it('runs a chosen task inside one again, with all that needs it', async () => {
      const work = new Work();
      work.broken.add('each[6].two');
      const run = await engine.start(definition, { work: work.run });
      await fails(run);
      work.calls();
      work.broken.clear();
      const again = await resume(run, { task: 'each[1].one' });
      assert.deepEqual(await again.result(), { ns: everything });
      assert.deepEqual(work.calls(), { 'each[1].one': 1, 'each[1].two': 1, 'each[6].two': 1 });
    });

    it('keeps what had ended in slices that were cut off with the run', async () => {
      const work = new Work();
      const reached = gate();
      const release = gate();
      let isStuck = true;
      const stuck: TestActivity = async (input, request) => {
        if (isStuck && request.task === 'each[2].two') {
          reached.open();
          await release.passed;
          throw ApplicationFailure.nonRetryable('too late', 'TOO_LATE');
        }
        return work.run(input, request);
      };
      const run = await engine.start(definition, { work: stuck });
      await reached.passed;
      const slice = handleOf(`${run.workflowId}/each[2..4]`);
      await until(slice, ({ tasks }) => tasks[0]?.tasks?.[2]?.counts.succeeded === 1);
      await until(run, ({ tasks }) => tasks[0]?.counts.succeeded === 5);
      await run.terminate();
      work.calls();
      const again = await resume(run);
      // Temporal cancels the slice, which waits for its activity; so does the run that goes on with it.
      await new Promise((resolve) => setTimeout(resolve, 500));
      isStuck = false;
      release.open();
      assert.deepEqual(await again.result(), { ns: everything });
      assert.deepEqual(work.calls(), { 'each[2].two': 1 });
    });

    it('goes on with the run of another definition inside one', async () => {
      engine.define(part);
      const nested = define(
        'resumed-nested',
        {
          each: {
            forEach: { in: '${ range(4) }', as: 'n' },
            tasks: { bulk, sub: { workflow: part.name, with: { n: '${ n }' } } },
            outputs: { n: '${ tasks.sub.n }' },
          },
        },
        { outputs: { ns: '${ tasks.each.map(e, e.output.n) }' } },
      );
      const work = new Work();
      work.broken.add('each[2].sub/last');
      const run = await engine.start(nested, { work: work.run });
      await fails(run);
      assert.equal(Object.keys(work.calls()).length, 8);
      work.broken.clear();
      assert.deepEqual(await (await resume(run)).result(), { ns: [0, 1, 2, 3] });
      assert.deepEqual(work.calls(), { 'each[2].sub/last': 1 });
    });
  });

  describe('with runs of other definitions', () => {
    const definition = define(
      'resumed-child',
      {
        sub: { workflow: part.name, with: { n: 5 } },
        after: { needs: ['sub'], activity: 'work', with: { n: '${ tasks.sub.n + 1 }' } },
      },
      { outputs: { n: '${ tasks.after.n }' } },
    );

    it('keeps of them what had ended', async () => {
      engine.define(part);
      const work = new Work();
      work.broken.add('sub/last');
      const run = await engine.start(definition, { work: work.run });
      await fails(run);
      assert.deepEqual(work.calls(), { 'sub/first': 1, 'sub/last': 1 });
      work.broken.clear();
      const again = await resume(run);
      assert.deepEqual(await again.result(), { n: 6 });
      assert.deepEqual(work.calls(), { after: 1, 'sub/last': 1 });
      await saveHistory('resumed-parent', again);
      await saveHistory('resumed-child', handleOf(`${run.workflowId}/sub`));
    });

    it('runs one anew that is chosen itself, or whose params have become others', async () => {
      engine.define(part);
      const work = new Work();
      let n = 1;
      const chained = define(
        'resumed-chain',
        {
          before: { activity: 'before' },
          sub: { needs: ['before'], workflow: part.name, with: { n: '${ tasks.before.n }' } },
        },
        { outputs: { n: '${ tasks.sub.n }' } },
      );
      const activities = { work: work.run, before: () => ({ n }) };
      const run = await engine.start(chained, activities);
      assert.deepEqual(await run.result(), { n: 1 });
      work.broken.add('sub/last');
      const failing = await engine.start(chained, activities);
      await fails(failing);
      work.broken.clear();
      work.calls();
      assert.deepEqual(await (await resume(failing, { task: 'sub' })).result(), { n: 1 });
      assert.deepEqual(work.calls(), { 'sub/first': 1, 'sub/last': 1 });

      work.broken.add('sub/last');
      const other = await engine.start(chained, activities);
      await fails(other);
      work.broken.clear();
      n = 2;
      work.calls();
      assert.deepEqual(await (await resume(other, { task: 'before' })).result(), { n: 2 });
      assert.deepEqual(work.calls(), { 'sub/first': 1, 'sub/last': 1 });
    });

    it('takes the outputs of one that somebody has brought to its end meanwhile', async () => {
      engine.define(part);
      const work = new Work();
      work.broken.add('sub/last');
      const run = await engine.start(definition, { work: work.run });
      await fails(run);
      work.broken.clear();
      const sub = await resume(handleOf(`${run.workflowId}/sub`));
      assert.deepEqual(await sub.result(), { n: 5 });
      work.calls();
      assert.deepEqual(await (await resume(run)).result(), { n: 6 });
      assert.deepEqual(work.calls(), { after: 1 });
    });

    it('begins one that could not be pinned', async () => {
      engine.define(part);
      const work = new Work();
      let refuse = true;
      const refused = define('resumed-refused', {
        ask: { activity: 'ask' },
        sub: {
          needs: ['ask'],
          workflow: part.name,
          with: { n: 1, refuse: '${ tasks.ask.refuse }' },
        },
      });
      const run = await engine.start(refused, { work: work.run, ask: () => ({ refuse }) });
      await fails(run);
      refuse = false;
      await (await resume(run, { task: 'ask' })).result();
      assert.deepEqual(work.calls(), { 'sub/first': 1, 'sub/last': 1 });
    });

    it('keeps the same when a held one is retried in the running run', async () => {
      engine.define(part);
      const work = new Work();
      work.broken.add('sub/last');
      const { sub, ...rest } = definition.tasks;
      assert.ok(sub !== undefined);
      const run = await engine.start(
        { ...definition, name: 'resumed-held', tasks: { sub: { ...sub, onFailure: 'hold' }, ...rest } },
        { work: work.run },
      );
      await until(run, ({ waiting }) => waiting.length === 1);
      work.calls();
      work.broken.clear();
      await run.executeUpdate('retryTask', { args: [{ task: 'sub' }] });
      assert.deepEqual(await run.result(), { n: 6 });
      assert.deepEqual(work.calls(), { after: 1, 'sub/last': 1 });
    });
  });
});
