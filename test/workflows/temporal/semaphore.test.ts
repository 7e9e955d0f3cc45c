import assert from 'node:assert/strict';
import fc from 'fast-check';
import { within } from '../../../workflows/temporal/gate.ts';
import { Semaphore } from '../../../workflows/temporal/semaphore.ts';

describe('Semaphore', () => {
  it('never lets more users in than it has permits, and lets them in in order (invariant 6)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat(4), { maxLength: 40 }),
        async (permits, turns) => {
          const semaphore = new Semaphore(permits);
          const entered: number[] = [];
          let inside = 0;
          let most = 0;
          const work = async (index: number, waits: number): Promise<void> => {
            entered.push(index);
            inside += 1;
            most = Math.max(most, inside);
            for (let turn = 0; turn < waits; turn += 1) await Promise.resolve();
            inside -= 1;
          };
          await Promise.all(turns.map((waits, index) => within([semaphore], () => work(index, waits))));
          assert.ok(most <= permits);
          assert.deepEqual(entered, [...turns.keys()]);
        },
      ),
    );
  });

  it('gives the permit back when the work fails', async () => {
    const semaphore = new Semaphore(1);
    await assert.rejects(
      within([semaphore], () => Promise.reject(new Error('failed'))),
      /failed/,
    );
    assert.equal(await within([semaphore], () => Promise.resolve('in')), 'in');
  });
});
