import assert from 'node:assert/strict';
import { listRuns } from '../../../cli/temporal/runs.ts';
import type { TemporalSession } from '../../../cli/temporal/temporal-session.ts';

interface Execution {
  readonly workflowId: string;
  readonly runId: string;
  readonly startTime: Date;
  readonly parentExecution?: object;
}

/** A session whose server has these executions, in the order in which it gives them. */
function sessionWith(executions: readonly Execution[]): TemporalSession {
  const list = async function* (): AsyncGenerator<Execution> {
    yield* executions;
  };
  const taskQueue = (name: string): string => name;
  return { client: { workflow: { list } }, taskQueue } as unknown as TemporalSession;
}

describe('listRuns', () => {
  const executions = [
    { workflowId: 'long', runId: 'third', startTime: new Date(4) },
    { workflowId: 'long/child', runId: 'only', startTime: new Date(6), parentExecution: {} },
    { workflowId: 'long', runId: 'second', startTime: new Date(3) },
    { workflowId: 'short', runId: 'only', startTime: new Date(5) },
    { workflowId: 'long', runId: 'first', startTime: new Date(2) },
  ];

  it('gives first what started last: a run of several executions once, by its last, no run inside another', async () => {
    const runs = await listRuns(sessionWith(executions), 20);
    assert.deepEqual(
      runs.map(({ workflowId, runId }) => [workflowId, runId]),
      [
        ['short', 'only'],
        ['long', 'third'],
      ],
    );
  });

  it('counts runs, not executions, towards the limit', async () => {
    assert.equal((await listRuns(sessionWith(executions), 2)).length, 2);
    assert.equal((await listRuns(sessionWith(executions), 1))[0]?.workflowId, 'short');
  });
});
