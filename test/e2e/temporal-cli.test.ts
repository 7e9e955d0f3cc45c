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

  it('starts a definition by its name, asks for its status while it runs, and gets its result', async () => {
    const run = ['--workflow-id', 'by-hand'];
    await temporal(
      'workflow',
      'start',
      '--type',
      'smoke',
      '--task-queue',
      'prose',
      '--input',
      '{"basePrompts": 10}',
      ...run,
    );
    const asked = JSON.parse(await temporal('workflow', 'query', '--type', 'status', ...run)) as {
      queryResult: RunStatus[];
    };
    assert.equal(asked.queryResult[0]?.definition, 'smoke');
    const { status, result } = JSON.parse(await temporal('workflow', 'result', ...run)) as {
      status: string;
      result: { shards: number; scored: number };
    };
    assert.equal(status, 'COMPLETED');
    assert.ok(result.shards > 0);
    assert.equal(result.scored, result.shards);
  });

  it('cannot mix the data of two runs by using an id again', async () => {
    const start = (basePrompts: number): Promise<string> =>
      temporal(
        ...['workflow', 'start', '--type', 'smoke', '--task-queue', 'prose', '--workflow-id', 'by-hand'],
        ...['--input', JSON.stringify({ basePrompts })],
      );
    const result = (): Promise<string> =>
      temporal('workflow', 'result', '--workflow-id', 'by-hand').catch(
        (error: { stdout: string }) => error.stdout,
      );
    await start(12);
    assert.match(await result(), /RUN_ID_IN_USE/);
    await start(10);
    assert.match(await result(), /COMPLETED/);
  });

  it('is told what is wrong with its input, at once', async () => {
    const run = ['--workflow-id', 'wrong'];
    await temporal(
      'workflow',
      'start',
      '--type',
      'smoke',
      '--task-queue',
      'prose',
      '--input',
      '{"basePromts": 10}',
      ...run,
    );
    const failure = await temporal('workflow', 'result', ...run).catch(
      (error: { stdout: string }) => error.stdout,
    );
    assert.match(failure, /INVALID_PARAMS/);
    assert.match(failure, /basePrompts/);
  });
});
