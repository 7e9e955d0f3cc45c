import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ItemResult } from '../../definitions/model/types.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { fakeNvidiaSmi, FOUR_H100_AND_A_T4 } from './fake-nvidia-smi.ts';

/**
 * Prints the GPUs it is shown. Two of them wait for one another, so both must run at once; none may be shown a GPU that another
 * is shown at the time.
 */
const script = `
const { mkdirSync, readdirSync, rmdirSync, writeFileSync } = require('node:fs');
const gpus = process.env.CUDA_VISIBLE_DEVICES;
for (const gpu of gpus.split(',')) mkdirSync('busy-' + gpu);
writeFileSync('started/' + process.pid, '');
const look = () => {
  if (readdirSync('started').length < 2) return setTimeout(look, 20);
  for (const gpu of gpus.split(',')) rmdirSync('busy-' + gpu);
  console.log(JSON.stringify({ gpus, order: process.env.CUDA_DEVICE_ORDER }));
};
look();
`;

describe('a worker on a task queue with GPUs', function () {
  this.timeout(120_000);
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await startPipeline();
    const queue = { 'gpu-pair': { description: 'Pairs.', concurrency: 8, gpu: { count: 2, type: 'h100' } } };
    await appendFile(join(pipeline.root, 'configs', 'queues.yaml'), `\n${stringify(queue)}`);
    await mkdir(join(pipeline.root, 'started'));
    const PATH = await fakeNvidiaSmi(FOUR_H100_AND_A_T4);
    await pipeline.startWorker({ PATH }, ['gpu-pair']);
  });
  after(() => pipeline?.close());

  it('runs as many activities at once as it has sets, and shows each its own GPUs', async () => {
    const show = {
      forEach: { in: '${ range(4) }' },
      activity: 'command',
      taskQueue: 'gpu-pair',
      retry: { maximumAttempts: 1 },
      timeout: '30s',
      with: { command: [process.execPath, '-e', script], parseResult: true },
    };
    const definition = { name: 'pairs', tasks: { show }, outputs: { shown: '${ tasks.show }' } };
    await writeFile(join(pipeline.root, 'definitions', 'pairs.yaml'), stringify(definition));
    const { shown } = (await (await pipeline.start('pairs', {}, 'pairs-1')).result()) as {
      shown: readonly ItemResult[];
    };
    const gpus = shown.map(({ output }) => (output as { result: { gpus: string; order: string } }).result);
    assert.ok(gpus.every(({ order }) => order === 'PCI_BUS_ID'));
    assert.deepEqual(new Set(gpus.map((one) => one.gpus)), new Set(['0,1', '3,4']));
    const log = await readFile(join(pipeline.root, 'results', 'logs', 'pairs-1.jsonl'), 'utf8');
    assert.doesNotMatch(log, /waiting for a GPU/);
  });
});
