import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueueConfig } from '../../configs/settings/types.ts';
import { findGpus, fitsTag, playNotice, shareGpus, slotsOf } from '../../workers/gpu.ts';
import { fakeNvidiaSmi, FOUR_H100_AND_A_T4 } from './fake-nvidia-smi.ts';

const configs: { readonly [queue: string]: QueueConfig } = {
  prose: { description: '', concurrency: 8 },
  'gpu-any': { description: '', concurrency: 8, gpu: { count: 1 } },
  'gpu-pair': { description: '', concurrency: 8, gpu: { count: 2, type: 'H100', memory: '80GiB' } },
  'gpu-many': { description: '', concurrency: 8, gpu: { count: 5, type: 'h100' } },
};

describe('findGpus', () => {
  const idsWith = async (visible?: string) => {
    const PATH = await fakeNvidiaSmi(FOUR_H100_AND_A_T4);
    const env = { PATH, ...(visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible }) };
    return (await findGpus(env)).gpus.map(({ id }) => id);
  };

  it('finds what nvidia-smi lists', async () => {
    const { gpus } = await findGpus({ PATH: await fakeNvidiaSmi(FOUR_H100_AND_A_T4) });
    assert.equal(gpus.length, 5);
    assert.deepEqual(gpus[2], { id: '2', name: 'Tesla T4', memoryMiB: 15360 });
  });

  it('keeps to CUDA_VISIBLE_DEVICES, in its order and by its names', async () => {
    assert.deepEqual(await idsWith('3,0'), ['3', '0']);
    assert.deepEqual(await idsWith('GPU-4444,1'), ['GPU-4444', '1']);
    assert.deepEqual(await idsWith('1,9,2'), ['1']);
    assert.deepEqual(await idsWith(''), []);
    assert.deepEqual(await idsWith('-1'), []);
  });

  it('says why there are none', async () => {
    const nowhere = await findGpus({ PATH: await mkdtemp(join(tmpdir(), 'prose-empty-')) });
    assert.match(nowhere.reason, /no nvidia-smi on the PATH/);
    const broken = await findGpus({ PATH: await fakeNvidiaSmi('Failed to initialize NVML', 9) });
    assert.deepEqual(broken.gpus, []);
    assert.match(broken.reason, /nvidia-smi failed/);
    assert.match((await findGpus({ CUDA_VISIBLE_DEVICES: '' })).reason, /hides all/);
  });
});

describe('fitsTag', () => {
  const gpu = (name: string, memoryMiB: number) => ({ id: '0', name, memoryMiB });

  it('reads the type as words of the name', () => {
    assert.ok(fitsTag(gpu('NVIDIA A100-SXM4-80GB', 81920), { count: 1, type: 'a100' }));
    assert.ok(fitsTag(gpu('NVIDIA GeForce RTX 4090', 24564), { count: 1, type: 'rtx-4090' }));
    assert.ok(!fitsTag(gpu('NVIDIA A10', 23028), { count: 1, type: 'a100' }));
    assert.ok(!fitsTag(gpu('NVIDIA A100', 81920), { count: 1, type: 'a10' }));
  });

  it('takes memory as it is sold, of which drivers keep a little', () => {
    assert.ok(fitsTag(gpu('H100', 81559), { count: 1, memory: '80GiB' }));
    assert.ok(fitsTag(gpu('T4', 15360), { count: 1, memory: '16GiB' }));
    assert.ok(!fitsTag(gpu('A100', 40960), { count: 1, memory: '80GiB' }));
  });
});

describe('shareGpus', () => {
  const all = async () => findGpus({ PATH: await fakeNvidiaSmi(FOUR_H100_AND_A_T4) });

  it('gives a task queue the GPUs that are what its tag asks for, and as many slots as there are sets', async () => {
    const { shares, problems } = shareGpus(['prose', 'gpu-any', 'gpu-pair'], configs, await all());
    assert.deepEqual(problems, []);
    assert.deepEqual(
      shares.get('gpu-pair')?.gpus.map(({ id }) => id),
      ['0', '1', '3', '4'],
    );
    const slots = (queue: string) => {
      const config = configs[queue];
      return config && slotsOf(config, shares.get(queue));
    };
    assert.deepEqual(['prose', 'gpu-any', 'gpu-pair'].map(slots), [8, 5, 2]);
  });

  it('names each task queue that this machine cannot serve, and what it has', async () => {
    const { problems } = shareGpus(['gpu-pair', 'gpu-many'], configs, await all());
    assert.equal(problems.length, 1);
    assert.match(
      problems[0] ?? '',
      /gpu-many gives each activity 5 GPUs h100;.*GPU 2 \(Tesla T4, 15\.0GiB\)/,
    );
  });
});

describe('playNotice', () => {
  it('names the GPU task queues that a CPU plays', () => {
    assert.match(playNotice(['prose', 'gpu-any'], configs) ?? '', /gpu-any on its CPU/);
    assert.equal(playNotice(['prose'], configs), undefined);
  });
});
