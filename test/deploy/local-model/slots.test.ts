import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSlots } from '../../../deploy/local-model/slots.ts';

const never = (): AbortSignal => new AbortController().signal;

describe('slots', () => {
  it('are never used by two at once, and served in the order of asking, whatever takes how long', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (lengths, count) => {
          const slots = createSlots(Array.from({ length: count }, (_, index) => index));
          const [used, begun]: [Set<number>, number[]] = [new Set(), []];
          await Promise.all(
            lengths.map((length, index) =>
              slots.use(
                () => 0,
                never(),
                async (slot) => {
                  assert.ok(!used.has(slot));
                  used.add(slot);
                  begun.push(index);
                  for (let turn = 0; turn < length; turn += 1) await Promise.resolve();
                  used.delete(slot);
                },
              ),
            ),
          );
          assert.deepEqual(begun, [...lengths.keys()]);
          assert.equal(slots.load, 0);
        },
      ),
    ));

  it('are chosen by what suits best', async () => {
    const slots = createSlots(['a', 'b', 'c']);
    assert.equal(
      await slots.use(
        (slot) => (slot === 'b' ? 2 : 1),
        never(),
        (slot) => Promise.resolve(slot),
      ),
      'b',
    );
  });

  it('go on to the next after work that fails, and past one that has left the line', async () => {
    const slots = createSlots(['only']);
    const gone = new AbortController();
    const failing = slots.use(
      () => 0,
      never(),
      () => Promise.reject(new Error('failed')),
    );
    const left = slots.use(
      () => 0,
      gone.signal,
      () => Promise.resolve('left'),
    );
    const last = slots.use(
      () => 0,
      never(),
      () => Promise.resolve('last'),
    );
    gone.abort(new Error('gone'));
    await assert.rejects(failing, /failed/);
    await assert.rejects(left, /gone/);
    assert.equal(await last, 'last');
    assert.equal(slots.load, 0);
  });
});
