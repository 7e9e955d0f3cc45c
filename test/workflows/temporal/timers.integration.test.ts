import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import type { Definition } from '../../../definitions/model/types.ts';
import { startEngine, type Engine } from '../../support/engine.ts';

const COUNT = 3_000;
const definition = (name: string, duration: (index: number) => string): Definition => ({
  name,
  tasks: {
    all: {
      tasks: Object.fromEntries(
        Array.from({ length: COUNT }, (_, index) => [`t${index}`, { wait: { for: duration(index) } }]),
      ),
    },
  },
});

async function timersOf(run: WorkflowHandle): Promise<number> {
  const { events } = await run.fetchHistory();
  return (events ?? []).filter((event) => event.timerStartedEventAttributes).length;
}

describe('thousands of waits in one group', function () {
  this.timeout(300_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  it('all end, in a history of few timers', async () => {
    const run = await engine.start(
      definition('many-waits', (index) => `${1 + (index % 3)}s`),
      {},
    );
    await run.result();
    const [group] = (await engine.status(run)).tasks;
    assert.equal(group?.state, 'succeeded');
    assert.equal(group.tasks?.filter(({ state }) => state === 'succeeded').length, COUNT);
    assert.ok((await timersOf(run)) < 510, `${await timersOf(run)} timers`);
  });

  it('end with the run that is cancelled', async () => {
    const run = await engine.start(
      definition('waits-to-cancel', () => '1h'),
      {},
    );
    while ((await timersOf(run)) === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    await run.cancel();
    await assert.rejects(run.result());
    assert.equal((await run.describe()).status.name, 'CANCELLED');
  });
});
