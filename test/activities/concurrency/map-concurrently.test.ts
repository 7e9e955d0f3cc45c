import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mapConcurrently } from '../../../activities/concurrency/map-concurrently.ts';

const never = new AbortController().signal;

describe('mapConcurrently', () => {
  it('keeps the order of the items and the bound, whatever finishes first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        async (delays, bound) => {
          let running = 0;
          let most = 0;
          const results = await mapConcurrently(delays, bound, never, async (delay, index) => {
            most = Math.max(most, ++running);
            for (let turn = 0; turn < delay; turn++) await Promise.resolve();
            running--;
            return index;
          });
          assert.deepEqual(
            results,
            delays.map((_, index) => index),
          );
          assert.ok(most <= bound);
        },
      ),
    );
  });

  it('starts nothing after a failure, awaits what is in flight, then throws the first error', async () => {
    const finished: number[] = [];
    const work = async (item: number): Promise<void> => {
      if (item === 0) throw new Error('first');
      await new Promise((resolve) => setTimeout(resolve, 5));
      finished.push(item);
    };
    await assert.rejects(mapConcurrently([0, 1, 2, 3], 2, never, work), /first/);
    assert.deepEqual(finished, [1]);
  });

  it('starts nothing once aborted', async () => {
    const controller = new AbortController();
    const started: number[] = [];
    const running = mapConcurrently([1, 2, 3], 1, controller.signal, async (item) => {
      started.push(item);
      controller.abort();
    });
    await assert.rejects(running, { name: 'AbortError' });
    assert.deepEqual(started, [1]);
  });
});
