import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultKind } from '../../deploy/model-server/faults.ts';
import { startModelServer, type ModelServer } from '../../deploy/model-server/server.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';

const params = { basePrompts: 12, variations: 3, seed: 7 };
const runId = 'faulty';
const tables = [
  'base_prompts',
  'prompt_variations',
  'model_outputs',
  'validator_scores',
  'pairs',
  'test_prompts',
  'test_outputs',
  'test_scores',
];

/** Everything but a whole answer whose text is cut short: that one is an answer, and may change a row. */
const faultKinds: readonly FaultKind[] = [
  'error500',
  'error429',
  'error429RetryAfter',
  'error503',
  'hang',
  'cutConnection',
  'malformedBody',
];

describe('a run on three servers that fail one request in five, one of them gone for a while', function () {
  this.timeout(400_000);
  const pipelines: Pipeline[] = [];
  let servers: ModelServer[] = [];
  after(async () => {
    await Promise.all(pipelines.map((pipeline) => pipeline.close()));
    await Promise.all(servers.map((server) => server.close()));
  });

  it('ends with the rows of a run without faults: none lost, none twice', async () => {
    const [faulty, whole] = [await startPipeline(), await startPipeline()];
    pipelines.push(faulty, whole);
    // So many tokens a second that the run is still going on when the server dies.
    const options = { faultRate: 0.2, faultKinds, slots: 8, tokensPerSecond: 2000 };
    servers = await Promise.all([1, 2, 3].map((faultSeed) => startModelServer({ ...options, faultSeed })));
    const endpoints = servers.map(({ endpoint }) => `'${endpoint}'`).join(', ');
    for (const file of readdirSync(join(faulty.root, 'configs'))) {
      if (!file.endsWith('.yaml')) continue;
      const path = join(faulty.root, 'configs', file);
      const text = readFileSync(path, 'utf8')
        .replaceAll('endpoints: [embedded]', `endpoints: [${endpoints}]`)
        // A hang costs some seconds, and a call may meet a fault at each server.
        .replaceAll('timeout: 120s', 'timeout: 1s')
        .replaceAll('maxAttempts: 5', 'maxAttempts: 12');
      writeFileSync(path, text);
    }

    await faulty.startWorker();
    const handle = await faulty.start('prose', params, runId);
    const ended = handle.result();
    ended.catch(() => {});
    await until(() => completed(servers) >= 60);
    const [, dying] = servers;
    assert.ok(dying);
    await dying.close();
    const before = completed(servers);
    await until(() => completed(servers) >= before + 60);
    servers[1] = await startModelServer({ ...options, faultSeed: 2, port: dying.port });
    await ended;

    await whole.startWorker();
    await (await whole.start('prose', params, runId)).result();
    for (const table of tables) assert.deepEqual(await read(faulty, table), await read(whole, table), table);
    const counts = [...servers, dying].flatMap((server) => Object.values(server.counts()));
    const failed = counts.reduce((sum, count) => sum + count.failed, 0);
    const requests = counts.reduce((sum, count) => sum + count.failed + count.completed, 0);
    // One in five of the first requests; a share, since how many there are depends on how the run went.
    assert.ok(
      failed > requests / 10,
      `the servers must have failed many of ${requests} requests, not ${failed}`,
    );
    assert.ok(completed(servers.slice(1, 2)) > 0, 'the server that came back must have been asked again');
  });
});

function completed(servers: readonly ModelServer[]): number {
  const counts = servers.flatMap((server) => Object.values(server.counts()));
  return counts.reduce((sum, count) => sum + count.completed, 0);
}

async function read(pipeline: Pipeline, table: string): Promise<unknown> {
  const columns = table.endsWith('outputs') ? '* exclude (seconds)' : '*';
  return pipeline.store.query(`select ${columns} from ${table} where run = $run order by all`, {
    run: runId,
  });
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('Waited for 120 s in vain.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
