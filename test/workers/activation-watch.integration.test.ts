import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { isSetAside, readEndedWorkers } from '../../activities/store/records/ended-workers.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';
import { startTemporal } from '../support/temporal.ts';

const script = join(packageRoot, 'test', 'fixtures', 'deadly', 'worker.ts');

describe('a run that ends every worker that works on it', function () {
  this.timeout(180_000);

  it('is set aside by name, and the others go on', async () => {
    const { address } = await startTemporal();
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace: 'default' });
    const root = await mkdtemp(join(tmpdir(), 'prose-deadly-'));
    const taskQueue = 'prose';
    const bad = await client.workflow.start('deadly', {
      taskQueue,
      workflowId: 'bad',
      workflowTaskTimeout: '2s',
    });
    const startWorker = (): ChildProcess =>
      spawn(process.execPath, ['--max-old-space-size=192', '--import', 'tsx', script, address, root], {
        stdio: 'ignore',
      });
    while (!readEndedWorkers(root).some(isSetAside)) {
      const [code] = (await once(startWorker(), 'exit')) as [number | null];
      assert.notEqual(code, 0);
    }
    assert.deepEqual(
      readEndedWorkers(root).map(({ workflowId, ends }) => [workflowId, ends]),
      [['bad', 2]],
    );
    const worker = startWorker();
    const ids = Array.from({ length: 5 }, (_, index) => `good-${index}`);
    const found = await Promise.all(
      ids.map((workflowId) => client.workflow.execute('harmless', { taskQueue, workflowId })),
    );
    assert.deepEqual(
      found,
      ids.map(() => 'done'),
    );
    assert.equal(worker.exitCode, null);
    await bad.terminate('end of test');
    worker.kill('SIGTERM');
    await once(worker, 'exit');
    await connection.close();
  });
});
