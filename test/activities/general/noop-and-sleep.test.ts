import assert from 'node:assert/strict';
import { noop } from '../../../activities/general/noop.ts';
import { sleep } from '../../../activities/general/sleep.ts';
import { withContext } from './general-context.ts';

describe('noop', () => {
  it('returns its value, and null where there is none', () =>
    withContext(async (context) => {
      assert.deepEqual(await noop.run({ value: [1, { a: null }] }, context), { value: [1, { a: null }] });
      assert.deepEqual(await noop.run({}, context), { value: null });
    }));
});

describe('sleep', () => {
  it('tells its progress and returns how long it was to wait', () =>
    withContext(async (context) => {
      assert.deepEqual(await sleep.run({ for: '20ms' }, context), { seconds: 0.02 });
      assert.deepEqual(context.told[0], { done: 0, total: 1, unit: 'seconds' });
    }));

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    await withContext(
      async (context) => {
        const sleeping = sleep.run({ for: '7d' }, context);
        controller.abort();
        await assert.rejects(sleeping, { name: 'AbortError' });
      },
      { signal: controller.signal },
    );
  });
});
