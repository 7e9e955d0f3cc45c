import assert from 'node:assert/strict';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { listen, sleep, unlisten, type Abortable } from '../../../activities/concurrency/abort-listeners.ts';

class Listener implements Abortable {
  place = -1;
  reasons: Error[] = [];

  abort(reason: Error): void {
    this.reasons.push(reason);
  }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}

const oldSpaceBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')?.space_used_size ??
  Number.NaN;

describe('listen', () => {
  it('tells those that listen then, once, and none that no longer does', () => {
    const controller = new AbortController();
    const listeners = Array.from({ length: 9 }, () => new Listener());
    for (const listener of listeners) listen(controller.signal, listener);
    const left = [8, 0, 3].map((index) => listeners[index]);
    for (const listener of left) if (listener !== undefined) unlisten(controller.signal, listener);
    const reason = new Error('enough');
    controller.abort(reason);
    for (const listener of listeners) {
      unlisten(controller.signal, listener);
      assert.deepEqual(listener.reasons, left.includes(listener) ? [] : [reason]);
    }
  });

  it('tells none whom another one that was told has made listen no more', () => {
    const controller = new AbortController();
    const listeners = [new Listener(), new Listener(), new Listener()];
    let told = 0;
    for (const listener of listeners) {
      listener.abort = () => {
        told += 1;
        for (const each of listeners) unlisten(controller.signal, each);
      };
      listen(controller.signal, listener);
    }
    controller.abort(new Error('enough'));
    assert.equal(told, 1);
  });

  it('keeps no listener that has gone until the whole heap is collected', () => {
    const { signal } = new AbortController();
    const atOnce: (Listener & { ballast?: number[] })[] = [];
    const replace = (each: number): void => {
      const one: Listener & { ballast?: number[] } = new Listener();
      one.ballast = Array.from({ length: 128 }, () => each);
      const gone = atOnce[each % 64];
      if (gone !== undefined) unlisten(signal, gone);
      atOnce[each % 64] = one;
      listen(signal, one);
    };
    for (let each = 0; each < 1_000; each += 1) replace(each);
    collectGarbage();
    const before = oldSpaceBytes();
    let most = 0;
    for (let each = 0; each < 60_000; each += 1) {
      replace(each);
      if (each % 1_000 === 0) most = Math.max(most, oldSpaceBytes() - before);
    }
    // Of some 80 MB.
    assert.ok(most < 4e6, `${most} bytes were kept`);
  });
});

describe('sleep', () => {
  it('ends early, with its reason, when it is aborted', async () => {
    const controller = new AbortController();
    const asleep = sleep(60_000, controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(asleep, { message: 'enough' });
    await assert.rejects(sleep(60_000, controller.signal), { message: 'enough' });
  });
});
