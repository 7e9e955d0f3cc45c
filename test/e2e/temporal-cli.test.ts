import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ensureTemporal } from '../../deploy/temporal/find.ts';
import type { RunStatus } from '../../workflows/messages.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';

const execute = promisify(execFile);

describe('the temporal CLI alone', function () {
  this.timeout(120_000);
  let pipeline: Pipeline;
  let program: string;
  before(async () => {
    program = (await ensureTemporal({ env: process.env, log: () => {} })).path;
    pipeline = await startPipeline();
    await pipeline.startWorker();
  });
  after(() => pipeline?.close());

  const temporal = async (...args: string[]): Promise<string> => {
    const server = ['--address', pipeline.address, '--namespace', pipeline.namespace, '--output', 'json'];
    return (await execute(program, [...args, ...server])).stdout;
  };

  const startSmoke = (id: string, params: unknown): Promise<string> =>
    temporal(
      'workflow',
      'start',
      '--type',
      'smoke',
      '--task-queue',
      'prose',
      '--workflow-id',
      id,
      '--input',
      JSON.stringify(params),
    );
  /** What `temporal workflow result` prints, however the run ended. */
  const resultOf = (id: string): Promise<string> =>
    temporal('workflow', 'result', '--workflow-id', id).catch((error: { stdout: string }) => error.stdout);

  it('starts a definition by its name, asks for its status while it runs, and gets its result', async () => {
    await startSmoke('by-hand', { basePrompts: 10 });
    const asked = JSON.parse(
      await temporal('workflow', 'query', '--type', 'status', '--workflow-id', 'by-hand'),
    ) as {
      queryResult: RunStatus[];
    };
    assert.equal(asked.queryResult[0]?.definition, 'smoke');
    const { status, result } = JSON.parse(await resultOf('by-hand')) as {
      status: string;
      result: { shards: number; scored: number };
    };
    assert.equal(status, 'COMPLETED');
    assert.ok(result.shards > 0);
    assert.equal(result.scored, result.shards);
  });

  it('cannot mix the data of two runs by using an id again', async () => {
    await startSmoke('by-hand', { basePrompts: 12 });
    assert.match(await resultOf('by-hand'), /RUN_ID_IN_USE/);
    await startSmoke('by-hand', { basePrompts: 10 });
    assert.match(await resultOf('by-hand'), /COMPLETED/);
  });

  it('is told what is wrong with its input, at once', async () => {
    await startSmoke('wrong', { basePromts: 10 });
    const failure = await resultOf('wrong');
    assert.match(failure, /INVALID_PARAMS/);
    assert.match(failure, /basePrompts/);
  });
});
