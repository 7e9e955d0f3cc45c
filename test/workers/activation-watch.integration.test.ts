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
  this.timeout(600_000);
  const over = new AbortController();
  const workers: ChildProcess[] = [];
  let connection: Connection;
  let address: string;
  before(async () => {
    ({ address } = await startTemporal());
    connection = await Connection.connect({ address });
  });
  after(async () => {
    over.abort();
    for (const worker of workers) worker.kill('SIGKILL');
    await connection.close();
  });

  it('is set aside by name, and the others go on', async () => {
    const client = new Client({ connection, namespace: 'default' });
    const root = await mkdtemp(join(tmpdir(), 'prose-deadly-'));
    const taskQueue = 'prose';
    const bad = await client.workflow.start('deadly', {
      taskQueue,
      workflowId: 'bad',
      workflowTaskTimeout: '2s',
    });
    const startWorker = (): ChildProcess => {
      const args = ['--max-old-space-size=192', '--import', 'tsx', script, address, root];
      const worker = spawn(process.execPath, args, { stdio: 'ignore' });
      workers.push(worker);
      return worker;
    };
    while (!readEndedWorkers(root).some(isSetAside)) {
      const [code] = (await once(startWorker(), 'exit', over)) as [number | null];
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
  });
});
