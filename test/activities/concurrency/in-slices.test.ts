import assert from 'node:assert/strict';
import { inSlices } from '../../../activities/concurrency/in-slices.ts';

describe('inSlices', () => {
  it('gives what the work returns, and lets the event loop turn meanwhile', async () => {
    const turned = new AbortController();
    setImmediate(() => turned.abort());
    function* work(): Generator<undefined, string> {
      while (!turned.signal.aborted) yield;
      return 'done';
    }
    assert.equal(await inSlices(work()), 'done');
  });

  it('fails as the work does', async () => {
    function* work(): Generator<undefined, never> {
      yield;
      throw new Error('no values');
    }
    await assert.rejects(inSlices(work()), /no values/);
  });
});
