import assert from 'node:assert/strict';
import { listRuns } from '../../cli/runs.ts';
import type { TemporalSession } from '../../cli/temporal-session.ts';

interface Execution {
  readonly workflowId: string;
  readonly runId: string;
  readonly parentExecution?: object;
}

/** A session whose server has these executions, newest first. */
function sessionWith(executions: readonly Execution[]): TemporalSession {
  const list = async function* (): AsyncGenerator<Execution> {
    yield* executions;
  };
  return { client: { workflow: { list } } } as unknown as TemporalSession;
}

describe('listRuns', () => {
  const executions = [
    { workflowId: 'long', runId: 'third' },
    { workflowId: 'long/child', runId: 'only', parentExecution: {} },
    { workflowId: 'long', runId: 'second' },
    { workflowId: 'short', runId: 'only' },
    { workflowId: 'long', runId: 'first' },
  ];

  it('gives a run of several executions once, by its last, and no run inside another', async () => {
    const runs = await listRuns(sessionWith(executions), 20);
    assert.deepEqual(
      runs.map(({ workflowId, runId }) => [workflowId, runId]),
      [
        ['long', 'third'],
        ['short', 'only'],
      ],
    );
  });

  it('counts runs, not executions, towards the limit', async () => {
    assert.equal((await listRuns(sessionWith(executions), 2)).length, 2);
  });
});
