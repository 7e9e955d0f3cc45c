import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Value } from '../../../definitions/model/types.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { startPipeline, type Pipeline } from '../../support/pipeline.ts';

describe('general activities, by the interpreter and a worker', function () {
  this.timeout(120_000);
  let pipeline: Pipeline;

  before(async () => {
    process.env['PROSE_TEST_TOKEN'] = 'token-of-the-worker';
    pipeline = await startPipeline();
    const fixture = join(packageRoot, 'test', 'fixtures', 'user-activities', 'activities');
    cpSync(fixture, join(pipeline.root, 'activities'), { recursive: true });
    await pipeline.startWorker();
  });
  after(() => pipeline?.close());

  /** Starts a definition of the project made of these lines. */
  async function start(name: string, tasks: object, outputs: object): Promise<WorkflowHandle> {
    // JSON is YAML.
    const text = JSON.stringify({ name, tasks, outputs });
    await writeFile(join(pipeline.root, 'definitions', `${name}.yaml`), text);
    return pipeline.start(name, {});
  }

  async function run(name: string, tasks: object, outputs: object): Promise<{ [key: string]: Value }> {
    return (await start(name, tasks, outputs)).result() as Promise<{ [key: string]: Value }>;
  }

  it('noop, sleep and command hand their values on', async () => {
    const script = `process.stdin.on('data', (data) => console.log(JSON.stringify({ length: String(data).length })))`;
    const outputs = await run(
      'handing-on',
      {
        text: { activity: 'noop', with: { value: { greeting: 'hello' } } },
        wait: { needs: ['text'], activity: 'sleep', with: { for: '10ms' } },
        measure: {
          needs: ['wait'],
          activity: 'command',
          with: {
            command: [process.execPath, '-e', script],
            stdin: '${ tasks.text.value.greeting }',
            parseResult: true,
          },
        },
      },
      { length: '${ tasks.measure.result.length }', code: '${ tasks.measure.exitCode }' },
    );
    assert.deepEqual(outputs, { length: 5, code: 0 });
  });

  it('http is tried again when the server was busy, with a header of the environment', async () => {
    let requests = 0;
    const server = createServer((request, response) => {
      requests += 1;
      if (requests === 1) response.writeHead(503, { 'retry-after': '1' }).end();
      else
        response.end(request.headers['authorization'] === 'Bearer token-of-the-worker' ? 'welcome' : 'who?');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const headers = { authorization: { env: 'PROSE_TEST_TOKEN', prefix: 'Bearer ' } };
    const outputs = await run(
      'asking',
      { ask: { activity: 'http', with: { url: `http://127.0.0.1:${port}/`, headers } } },
      { text: '${ tasks.ask.text }' },
    );
    server.close();
    assert.deepEqual([outputs, requests], [{ text: 'welcome' }, 2]);
  });

  it("a user's own activity is run and its input checked", async () => {
    const outputs = await run(
      'shouting',
      { shout: { activity: 'shout', with: { text: 'hello' } } },
      { loud: '${ tasks.shout.loud }' },
    );
    assert.deepEqual(outputs, { loud: 'HELLO!' });
    const wrong = run('muttering', { shout: { activity: 'shout', with: { words: 'hello' } } }, {});
    await assert.rejects(wrong, WorkflowFailedError);
  });

  it('runs the examples', async () => {
    const example = async (name: string, params: { [key: string]: Value } = {}): Promise<unknown> =>
      (await pipeline.start(name, params)).result();
    const mapped = (await example('map-reduce', { rows: 3 })) as { [key: string]: number };
    assert.deepEqual([mapped['answers'], mapped['errors']], [6, 0]);
    assert.ok(Number(mapped['characters']) > 0);
    assert.deepEqual(await example('gpu-and-cpu'), { answered: 3 });
    assert.deepEqual(await example('commands'), { lettersPerWord: 13 / 6 });
  });

  it('sleep and command end with a run that is cancelled', async () => {
    const forever = [process.execPath, '-e', 'setInterval(() => {}, 1000)'];
    const handle = await start(
      'endless',
      {
        wait: { activity: 'sleep', with: { for: '1h' } },
        work: { activity: 'command', with: { command: forever } },
      },
      {},
    );
    const isRunning = async (): Promise<boolean> => {
      const { raw } = await handle.describe();
      return (raw.pendingActivities ?? []).filter(({ lastHeartbeatTime }) => lastHeartbeatTime).length > 0;
    };
    while (!(await isRunning())) await new Promise((resolve) => setTimeout(resolve, 50));
    await handle.cancel();
    await assert.rejects(handle.result(), WorkflowFailedError);
    assert.equal((await handle.describe()).status.name, 'CANCELLED');
  });
});
