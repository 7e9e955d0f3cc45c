import assert from 'node:assert/strict';
import { access, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { isAlive } from '../../../deploy/stack/process-identity.ts';
import type { StartOptions } from '../../../deploy/stack/part-context.ts';
import { partNames } from '../../../deploy/stack/stack-part.ts';
import { readStackState, stackDirectory } from '../../../deploy/stack/stack-state.ts';
import { stackStatus } from '../../../deploy/stack/stack-status.ts';
import { startStack, type Stack } from '../../../deploy/stack/start-stack.ts';
import { stopStack } from '../../../deploy/stack/stop-stack.ts';
import { killChild, startChild, temporaryFolder } from './child-process.ts';

const packageRoot = fileURLToPath(new URL('../../..', import.meta.url));

describe('the local stack', function () {
  // The first start on a machine may have to build the Temporal CLI.
  this.timeout(900_000);
  let options: StartOptions;
  let stack: Stack;

  before(async () => {
    const root = await temporaryFolder();
    for (const folder of ['definitions', 'configs', 'model_input']) {
      await cp(join(packageRoot, folder), join(root, folder), { recursive: true });
    }
    const { TEMPORAL_ADDRESS: _, ...env } = process.env;
    options = { root, env, ports: { temporal: 0, ui: 0 } };
    stack = await startStack(options);
  });
  after(() => stopStack(options.root));

  const healthOfAll = async (): Promise<string[]> =>
    (await stackStatus(options.root)).map(({ health }) => health);

  it('has every part running once it is up, and a worker polling for runs', async () => {
    assert.deepEqual(stack.started.toSorted(), ['models', 'temporal', 'worker']);
    assert.deepEqual(await healthOfAll(), ['running', 'running', 'stopped', 'running']);
    const connection = await Connection.connect({ address: stack.address });
    try {
      for (;;) {
        const { pollers } = await connection.workflowService.describeTaskQueue({
          namespace: 'default',
          taskQueue: { name: 'prose' },
          // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
          taskQueueType: 1,
        });
        if (pollers.length > 0) break;
      }
    } finally {
      await connection.close();
    }
  });

  it('stays as it is when it is started again, also twice at once', async () => {
    const again = await Promise.all([startStack(options), startStack(options)]);
    for (const { started, address, embeddedUrl } of again) {
      assert.deepEqual({ started, address, embeddedUrl }, { ...pick(stack), started: [] });
    }
  });

  it('gets a part back that has died, and leaves the others alone', async () => {
    const before = await readStackState(options.root);
    assert.ok(before.worker !== undefined);
    process.kill(before.worker.process.pid, 'SIGKILL');
    while (isAlive(before.worker.process)) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual((await startStack(options)).started, ['worker']);
    const now = await readStackState(options.root);
    assert.deepEqual([now.temporal, now.models], [before.temporal, before.models]);
  });

  it('restarts the worker for other task queues, and finds Temporal’s data again after a stop', async () => {
    assert.deepEqual((await startStack({ ...options, queues: ['prose'] })).started, ['worker']);
    const bystander = await startChild();
    try {
      assert.deepEqual(await stopStack(options.root), ['worker', 'models', 'temporal']);
      assert.ok((await healthOfAll()).every((health) => health === 'stopped'));
      assert.ok(isAlive(bystander.identity));
      await access(join(stackDirectory(options.root), 'temporal.db'));
    } finally {
      await killChild(bystander);
    }
  });

  it('starts no simulated models where none are asked for', async () => {
    assert.deepEqual((await startStack({ ...options, parts: ['temporal', 'worker'] })).started, [
      'temporal',
      'worker',
    ]);
    assert.equal((await healthOfAll())[partNames.indexOf('models')], 'stopped');
    await stopStack(options.root);
  });

  it('serves a real small model where one is asked for, and at the same address after it was killed', async () => {
    const wanted = { ...options, parts: ['localModel'] } as const;
    const { started, localModel } = await startStack({ ...wanted, localModel: 'smollm2' });
    assert.deepEqual(started, ['localModel']);
    assert.equal(localModel?.name, 'smollm2');
    const server = (await readStackState(options.root)).localModel?.process;
    assert.ok(server !== undefined);
    process.kill(server.pid, 'SIGKILL');
    while (isAlive(server)) await new Promise((resolve) => setTimeout(resolve, 10));
    const again = await startStack(wanted);
    assert.deepEqual(again, { ...again, started: ['localModel'], localModel });
    assert.deepEqual(await stopStack(options.root), ['localModel']);
  });

  it('uses the Temporal server that the environment names and starts none', async () => {
    const { address } = await startStack({ ...options, parts: ['temporal'] });
    const env = { ...options.env, TEMPORAL_ADDRESS: address };
    const root = await temporaryFolder();
    const other = await startStack({ root, env, parts: ['temporal', 'models'] });
    try {
      assert.deepEqual(other.started, ['models']);
      assert.equal(other.address, address);
      assert.equal(other.uiUrl, undefined);
    } finally {
      await stopStack(root);
    }
  });
});

function pick({ address, embeddedUrl }: Stack): { address: string; embeddedUrl: string } {
  return { address, embeddedUrl };
}
