import assert from 'node:assert/strict';
import { RunWatcher } from '../../../cli/follow/watch-run.ts';
import type { TemporalSession } from '../../../cli/temporal/temporal-session.ts';
import type { Definition } from '../../../definitions/model/types.ts';
import { startEngine, type Engine } from '../../support/engine.ts';

const asking: Definition = {
  name: 'asking',
  tasks: { ask: { wait: { approval: { message: 'Go on?' } } } },
};

describe('a look at a run that never heard of its end', function () {
  this.timeout(180_000);
  let engine: Engine;
  let session: TemporalSession;
  before(async () => {
    engine = await startEngine();
    const { client, address } = engine;
    const { connection } = client;
    session = { client, connection, address } as unknown as TemporalSession;
  });
  after(() => engine.close());

  const untilAsking = async (runId: string): Promise<void> => {
    const { status } = await new RunWatcher(session, runId).look();
    if (status?.waiting.length !== 1) await untilAsking(runId);
  };

  it('shows one that somebody has terminated as terminated, and nothing of it as going on', async () => {
    const run = await engine.start(asking, {});
    await untilAsking(run.workflowId);
    await run.terminate('enough');
    const { status, isEnded } = await new RunWatcher(session, run.workflowId).look();
    assert.equal(isEnded, true);
    assert.equal(status?.state, 'terminated');
    assert.deepEqual([status.waiting, status.tasks.map(({ state }) => state)], [[], ['cancelled']]);
    assert.ok(status.endedAt !== undefined);
  });

  it('shows a run inside a run likewise, and the other goes on by what its task says', async () => {
    engine.define(asking);
    const outer: Definition = {
      name: 'outer',
      tasks: { sub: { workflow: 'asking', onFailure: 'continue' } },
    };
    const run = await engine.start(outer, {});
    const inner = `${run.workflowId}/sub`;
    for (;;) {
      const { status } = await new RunWatcher(session, run.workflowId).look();
      if (status?.tasks[0]?.state === 'running') break;
    }
    await untilAsking(inner).catch(() => untilAsking(inner));
    await engine.client.workflow.getHandle(inner).terminate();
    await run.result();
    assert.equal((await new RunWatcher(session, inner).look()).status?.state, 'terminated');
    const { status } = await new RunWatcher(session, run.workflowId).look();
    assert.deepEqual(
      status?.failures.map(({ task, type }) => [task, type]),
      [['sub', 'CHILD_TERMINATED']],
    );
  });

  it('shows one that Temporal has ended for its time as timed out', async () => {
    engine.define(asking);
    const run = await engine.client.workflow.start('asking', {
      taskQueue: engine.taskQueue,
      workflowId: `asking-${Date.now()}`,
      args: [{}],
      workflowExecutionTimeout: '2s',
    });
    await run.result().catch(() => {});
    assert.equal((await new RunWatcher(session, run.workflowId).look()).status?.state, 'timed out');
  });
});
