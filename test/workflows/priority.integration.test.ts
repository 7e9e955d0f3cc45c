import assert from 'node:assert/strict';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { ActivityRequest } from '../../activities/activity.ts';
import type { ActivityTask, Definition } from '../../definitions/model/types.ts';
import { startEngine, type Engine } from '../support/engine.ts';
import { saveHistory } from '../support/histories.ts';

describe('priority and fairness', function () {
  this.timeout(180_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine?.close());

  it('reach Temporal with the activities and with the runs inside a run', async () => {
    engine.define({
      name: 'inner-priority',
      tasks: { only: { activity: 'work' } },
    });
    const definition: Definition = {
      name: 'priority',
      params: { team: { type: 'string' } },
      defaults: { priority: 4, fairnessKey: '${ params.team }' },
      tasks: {
        first: { activity: 'work', priority: 1, fairnessWeight: 2 },
        inner: { needs: ['first'], workflow: 'inner-priority' },
      },
    };
    const handle = await engine.start(definition, { work: () => ({}) }, { team: 'red' });
    await handle.result();
    const { events = [] } = await handle.fetchHistory();
    const scheduled = events?.flatMap(({ activityTaskScheduledEventAttributes: attributes }) =>
      attributes?.activityType?.name === 'work' ? [attributes.priority] : [],
    );
    const started = events?.flatMap(
      ({ startChildWorkflowExecutionInitiatedEventAttributes: attributes }) => attributes?.priority ?? [],
    );
    const shown = [...(scheduled ?? []), ...(started ?? [])].map((priority) => [
      priority?.priorityKey,
      priority?.fairnessKey,
      priority?.fairnessWeight,
    ]);
    assert.deepEqual(shown, [
      [1, 'red', 2],
      [4, 'red', 0],
    ]);
  });

  it('the most urgent of what waits for a task queue comes first', async () => {
    const taskQueue = `${engine.taskQueue}-busy`;
    const task = (priority: number): ActivityTask => ({ activity: 'work', taskQueue, priority });
    const tasks = { e: task(5), d: task(4), c: task(3), b: task(2), a: task(1) };
    const handle = await engine.start({ name: 'urgent', tasks }, {});
    for (;;) {
      const { pendingActivities } = (await handle.describe()).raw;
      if (pendingActivities?.length === 5) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // Those that wait have reached the task queue before anybody asks it for work.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const order: string[] = [];
    const connection = await NativeConnection.connect({ address: engine.address });
    const worker = await Worker.create({
      connection,
      taskQueue,
      maxConcurrentActivityTaskExecutions: 1,
      maxConcurrentActivityTaskPolls: 1,
      activities: {
        work: async ({ task: name }: ActivityRequest) => {
          order.push(name);
          return {};
        },
      },
    });
    await worker.runUntil(handle.result());
    await connection.close();
    assert.deepEqual(order, ['a', 'b', 'c', 'd', 'e']);
    await saveHistory('priority', handle);
  });
});
