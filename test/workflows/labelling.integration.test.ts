import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Definition } from '../../definitions/model/types.ts';
import type { RunStatus } from '../../workflows/messages.ts';
import { startEngine, type Engine } from '../support/engine.ts';
import { saveHistory } from '../support/histories.ts';

async function codeOfRefusal(update: Promise<unknown>): Promise<string | null | undefined> {
  const error = await update.then(
    () => assert.fail('the update was taken'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure);
  return error.cause.type;
}

describe('a run that asks people for labels', function () {
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
  const send = (run: WorkflowHandle, name: string, input: object): Promise<void> =>
    run.executeUpdate(name, { args: [input] });

  it('waits for the labels of two people, takes those of one twice, and goes on without a third', async () => {
    const definition: Definition = {
      name: 'labelling',
      tasks: {
        people: { wait: { labels: { message: 'Which is better?', labelers: 2 } } },
        missed: {
          wait: { labels: { message: 'And these?', timeout: '50ms', default: 'continue' } },
        },
        late: {
          onFailure: 'continue',
          wait: { labels: { message: 'Too late?', timeout: '50ms', default: 'fail' } },
        },
      },
      outputs: { people: '${ tasks.people }', missed: '${ tasks.missed.complete }' },
    };
    const run = await engine.start(definition, {});
    await until(run, ({ waiting }) => waiting.some(({ task }) => task === 'people'));
    const labels = { task: 'people', labeler: 'ada', labels: 3 };
    assert.equal(await codeOfRefusal(send(run, 'labels', { ...labels, labeler: ' ' })), 'WRONG_INPUT');
    assert.equal(await codeOfRefusal(send(run, 'labels', { ...labels, labels: -1 })), 'WRONG_INPUT');
    assert.equal(await codeOfRefusal(send(run, 'labels', { ...labels, task: 'peolpe' })), 'UNKNOWN_TASK');
    assert.equal(
      await codeOfRefusal(send(run, 'approve', { task: 'people', approved: true })),
      'TASK_NOT_WAITING',
    );
    await send(run, 'labels', labels);
    await send(run, 'labels', labels);
    await send(run, 'labels', { ...labels, labeler: 'ben', labels: 1, done: false });
    const status = await until(run, ({ failures }) => failures.length === 1);
    assert.match(status.waiting[0]?.reason ?? '', /ada 3, ben 1 so far$/u);
    await send(run, 'labels', { ...labels, labeler: 'ben' });
    assert.deepEqual(await run.result(), {
      people: { complete: true, labelers: 2, labels: 6 },
      missed: false,
    });
    const failures = (await engine.status(run)).failures.map(({ type }) => type);
    assert.deepEqual(failures, ['LABELS_MISSING']);
    await saveHistory('labelling', run);
  });
});
