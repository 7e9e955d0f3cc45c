import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GpuPool, gpuVariables, type Gpu } from '../../../activities/attempts/gpu-pool.ts';
import { silentLog } from '../../support/silent-log.ts';

const gpus = ['0', '1', '2', '3'].map((id): Gpu => ({ id, name: 'H100', memoryMiB: 81559 }));

function surroundings(signal = new AbortController().signal) {
  return { signal, log: silentLog };
}

/** Work that lasts until it is told to end. */
function startWork(pool: GpuPool, queue: string, signal?: AbortSignal) {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const given: string[] = [];
  const done = pool.use(queue, surroundings(signal), async (taken) => {
    given.push(...taken.map(({ id }) => id));
    await ended;
  });
  return { given, end, done };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the pool of GPUs', () => {
  const pool = () =>
    new GpuPool(
      new Map([
        ['pair', { count: 2, gpus }],
        ['one', { count: 1, gpus: gpus.slice(0, 3) }],
      ]),
    );

  it('gives each activity its own, and those of other task queues none', async () => {
    const shared = pool();
    const works = [startWork(shared, 'pair'), startWork(shared, 'one'), startWork(shared, 'prose')];
    await settle();
    assert.deepEqual(
      works.map(({ given }) => given),
      [['0', '1'], ['2'], []],
    );
    for (const { end } of works) end();
    await Promise.all(works.map(({ done }) => done));
  });

  it('lets who waits longest have what becomes free, however much it needs', async () => {
    const shared = pool();
    const first = startWork(shared, 'pair');
    const second = startWork(shared, 'one');
    await settle();
    const large = startWork(shared, 'pair');
    const small = startWork(shared, 'one');
    first.end();
    await settle();
    assert.deepEqual([large.given, small.given], [['0', '1'], []]);
    second.end();
    await settle();
    assert.deepEqual(small.given, ['2']);
    large.end();
    small.end();
  });

  it('takes them back after a failure', async () => {
    const shared = pool();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const failing = shared.use('pair', surroundings(), () => Promise.reject(new Error('failed')));
      await assert.rejects(failing, /failed/);
    }
    await shared.use('pair', surroundings(), async (given) => assert.equal(given.length, 2));
  });

  it('forgets those that are cancelled while they wait', async () => {
    const shared = pool();
    const works = [startWork(shared, 'pair'), startWork(shared, 'pair')];
    await settle();
    const controller = new AbortController();
    const waiting = startWork(shared, 'pair', controller.signal);
    const next = startWork(shared, 'one');
    controller.abort(new Error('cancelled'));
    await assert.rejects(waiting.done, /cancelled/);
    works[0]?.end();
    await settle();
    assert.deepEqual([waiting.given, next.given], [[], ['0']]);
    works[1]?.end();
    next.end();
  });

  it('never gives one to two at once, and serves everybody in the end', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('pair', 'one'), { maxLength: 20 }),
        fc.scheduler(),
        async (queues, s) => {
          const shared = pool();
          const busy = new Set<string>();
          const works = queues.map((queue) =>
            shared.use(queue, surroundings(), async (given) => {
              for (const { id } of given) assert.ok(!busy.has(id), `${id} was given twice`);
              for (const { id } of given) busy.add(id);
              await s.schedule(Promise.resolve());
              for (const { id } of given) busy.delete(id);
            }),
          );
          await s.waitFor(Promise.all(works));
        },
      ),
    ));

  it('shows a process its GPUs in the order in which nvidia-smi counts them', () => {
    const variables = gpuVariables(gpus.slice(1, 3));
    assert.deepEqual(variables, { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: '1,2' });
  });
});
