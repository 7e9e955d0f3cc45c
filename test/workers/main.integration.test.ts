import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ApplicationFailure, Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { packageRoot } from '../../workers/workflow-bundle.ts';
import { runLogFile } from '../../activities/store/run-paths.ts';
import type { RunStatus } from '../../workflows/messages.ts';
import { startTemporal } from '../support/temporal.ts';

const definition = `name: mine
description: Does nothing, for a test.
params:
  size: { type: integer, minimum: 1, default: 3 }
  seed: { type: integer, default: 9 }
tasks:
  never: { when: 'false', activity: buildPairs }
outputs:
  size: '\${ params.size }'
`;

/** A project of its own: this package's configs and texts with one definition. */
async function createProject(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'prose-worker-'));
  for (const folder of ['configs', 'model_input']) {
    await cp(join(packageRoot, folder), join(root, folder), { recursive: true });
  }
  await mkdir(join(root, 'definitions'));
  await writeFile(join(root, 'definitions', 'mine.yaml'), definition);
  return root;
}

function spawnWorker(
  root: string,
  address: string,
  queues: string[],
  flags = ['--without-gpus'],
): ChildProcess {
  const main = join(packageRoot, 'workers', 'main.ts');
  return spawn(
    process.execPath,
    ['--import', 'tsx', main, '--queues', queues.join(','), '--root', root, ...flags],
    {
      cwd: packageRoot,
      env: { ...process.env, TEMPORAL_ADDRESS: address, CUDA_VISIBLE_DEVICES: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}

async function failureOf(result: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await result.catch((thrown: unknown) => thrown);
  assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure);
  return error.cause;
}

describe('a worker process', function () {
  this.timeout(120_000);
  let root: string;
  let worker: ChildProcess;
  let connection: Connection;
  let client: Client;
  const errors: string[] = [];

  before(async () => {
    const { address } = await startTemporal();
    connection = await Connection.connect({ address });
    client = new Client({ connection });
    root = await createProject();
    worker = spawnWorker(root, address, ['prose', 'gpu-main']);
    worker.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    assert.ok(worker.stdout);
    const ready = await Promise.race([once(createInterface(worker.stdout), 'line'), once(worker, 'exit')]);
    assert.deepEqual(
      JSON.parse(String(ready[0])),
      { ready: true, queues: ['prose', 'gpu-main'] },
      errors.join(''),
    );
  });
  after(async () => {
    worker.kill('SIGKILL');
    await connection.close();
  });

  const start = (type: string, ...args: unknown[]): Promise<unknown> =>
    client.workflow.execute(type, {
      taskQueue: 'prose',
      workflowId: `${type}-${Date.now()}-${args.length}`,
      args,
    });

  const digestOf = async (id: string, ...args: unknown[]): Promise<unknown> => {
    const run = await client.workflow.start('mine', { taskQueue: 'prose', workflowId: id, args });
    await run.result();
    return (await run.describe()).memo?.['digest'];
  };

  it('says that its GPU task queues are played on a CPU', () => {
    assert.match(errors.join(''), /gpu-main on its CPU/);
  });

  it('refuses GPU task queues of which this machine lacks the GPUs, and says what would be right', async () => {
    const wrong = spawnWorker(root, '127.0.0.1:1', ['prose', 'gpu-main'], []);
    const said: string[] = [];
    wrong.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    assert.deepEqual(await once(wrong, 'close'), [2, null]);
    assert.match(
      said.join(''),
      /gpu-main gives each activity 1 GPU; this worker has none.*\n.*--without-gpus/,
    );
  });

  it('runs a definition of the project by its name alone, pins it and logs it', async () => {
    const run = await client.workflow.start('mine', { taskQueue: 'prose', workflowId: 'mine-1' });
    assert.deepEqual(await run.result(), { size: 3 });
    const { memo } = await run.describe();
    assert.match(String(memo?.['digest']), /^[0-9a-f]{64}$/);
    const log = await readFile(join(root, runLogFile('mine-1')), 'utf8');
    assert.match(log, /run pinned/);
  });

  it('gives a run other settings by its options, and therefore another digest', async () => {
    const plain = await digestOf('digest-1', {});
    assert.equal(await digestOf('digest-2', {}), plain);
    assert.notEqual(
      await digestOf('digest-3', {}, { endpoint: 'http://127.0.0.1:9/v1', model: 'other' }),
      plain,
    );
  });

  it('runs the definitions inside a run, and theirs, as they and the configs were when it began', async () => {
    const write = (name: string, lines: string): Promise<void> =>
      writeFile(join(root, 'definitions', `${name}.yaml`), `name: ${name}\n${lines}`);
    await write(
      'outer',
      'tasks:\n  ask: { wait: { approval: { message: Go on? } } }\n  sub: { needs: [ask], workflow: middle }\n' +
        "outputs: { says: '${ tasks.sub.says }' }\n",
    );
    await write(
      'middle',
      "tasks: { sub: { workflow: inner } }\noutputs: { says: 'middle of ${ tasks.sub.says }' }\n",
    );
    const inner = (says: string): Promise<void> =>
      write(
        'inner',
        `tasks: { none: { when: 'false', activity: buildPairs } }\noutputs: { says: ${says} }\n`,
      );
    await inner('before');
    const run = await client.workflow.start('outer', { taskQueue: 'prose', workflowId: 'outer-1' });
    const digests = async (): Promise<unknown[]> => {
      const ids = ['outer-1', 'outer-1/sub', 'outer-1/sub/sub'];
      const found = await Promise.all(ids.map((id) => client.workflow.getHandle(id).describe()));
      return found.map(({ memo }) => memo?.['digest']);
    };
    while ((await run.query<RunStatus>('status')).waiting.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await inner('after');
    await write('middle', 'tasks: { broken: {} }\n');
    const config = join(root, 'configs', 'main_model_config.yaml');
    const text = await readFile(config, 'utf8');
    await writeFile(config, 'broken: true\n');
    await run.executeUpdate('approve', { args: [{ task: 'ask', approved: true }] });
    assert.deepEqual(await run.result(), { says: 'middle of before' });
    assert.equal(new Set(await digests()).size, 3);
    const broken = await failureOf(start('outer'));
    assert.equal(broken.type, 'INVALID_CONFIG');
    await writeFile(config, text);
    assert.equal((await failureOf(start('outer'))).type, 'INVALID_DEFINITION');
    await write('middle', 'tasks: { none: { when: "false", activity: buildPairs } }\n');
  });

  it('keeps the data of a run inside a resumed run apart where that gives it other params', async () => {
    await writeFile(
      join(root, 'definitions', 'asks.yaml'),
      `name: asks
tasks:
  ask: { wait: { approval: { message: Which? } } }
  sub: { needs: [ask], workflow: says, with: { says: '\${ tasks.ask.note }' } }
outputs: { rows: '\${ tasks.sub.rows }' }
`,
    );
    await writeFile(
      join(root, 'definitions', 'says.yaml'),
      `name: says
params: { says: { type: string } }
tasks:
  keep: { activity: sql, with: { query: "select '\${ params.says }' as says", into: said, part: '\${ params.says }' } }
  fine: { needs: [keep], when: "[true][params.says == 'right' ? 0 : 1]", activity: noop }
  read: { needs: [fine], activity: sql, with: { query: 'select says from said where run = $run' } }
outputs: { rows: '\${ tasks.read.rows }' }
`,
    );
    const answer = async (note: string, ...args: unknown[]): Promise<unknown> => {
      const run = await client.workflow.start('asks', { taskQueue: 'prose', workflowId: 'asks-1', args });
      while ((await run.query<RunStatus>('status')).waiting.length === 0)
        await new Promise((resolve) => setTimeout(resolve, 50));
      await run.executeUpdate('approve', { args: [{ task: 'ask', approved: true, note }] });
      return run.result();
    };
    const again = { resume: true, task: 'ask' };
    assert.equal((await failureOf(answer('wrong'))).type, 'RUN_FAILED');
    assert.equal((await failureOf(answer('worse', {}, again))).type, 'RUN_FAILED');
    assert.deepEqual(await answer('right', {}, again), { rows: [{ says: 'right' }] });
  });

  it('refuses wrong params, unknown definitions, broken definitions and broken configs with their problems', async () => {
    const params = await failureOf(start('mine', { size: 0, sizes: 1 }));
    assert.equal(params.type, 'INVALID_PARAMS');
    assert.deepEqual(params.details?.map((problem) => (problem as { code: string }).code).toSorted(), [
      'UNKNOWN_PARAM',
      'WRONG_PARAM',
    ]);
    assert.equal((await failureOf(start('yours'))).type, 'UNKNOWN_DEFINITION');
    await writeFile(
      join(root, 'definitions', 'broken.yaml'),
      'name: broken\ntasks: { a: { activity: noSuch } }\n',
    );
    assert.equal((await failureOf(start('broken'))).type, 'INVALID_DEFINITION');
    assert.equal((await failureOf(start('mine', {}, { endpoint: 'nowhere' }))).type, 'INVALID_CONFIG');
    const misspelt = { endpont: 'http://127.0.0.1:1/v1' } as never;
    assert.equal((await failureOf(start('mine', {}, misspelt))).type, 'INVALID_OPTIONS');
  });

  it('refuses task queues that are not in the configs', async () => {
    const wrong = spawnWorker(root, '127.0.0.1:1', ['nowhere']);
    assert.deepEqual(await once(wrong, 'exit'), [2, null]);
  });

  it('stops well when it is told to', async () => {
    worker.kill('SIGTERM');
    assert.deepEqual(await once(worker, 'exit'), [0, null]);
  });
});
