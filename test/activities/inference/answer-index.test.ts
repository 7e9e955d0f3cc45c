import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { AnswerIndex } from '../../../activities/inference/answer-index.ts';

const keyOf = (number: number): string => createHash('sha256').update(String(number)).digest('hex');

describe('AnswerIndex', () => {
  it('finds the last location of every key while it may grow', () => {
    const index = new AnswerIndex();
    const count = 20_000;
    for (const round of [1, 2])
      for (let each = 0; each < count; each += 1) index.set(keyOf(each), each * round);
    for (let each = 0; each < count; each += 1) assert.equal(index.get(keyOf(each)), 2 * each);
    assert.equal(index.get(keyOf(count)), undefined);
  });

  it('forgets answers, but mistakes none, once it is full', () => {
    const slots = 4096;
    const index = new AnswerIndex(slots);
    for (let each = 0; each < 3 * slots; each += 1) {
      index.set(keyOf(each), each);
      assert.equal(index.get(keyOf(each)), each);
    }
    const found = Array.from({ length: 3 * slots }, (_, each) => index.get(keyOf(each)) ?? -1);
    assert.ok(found.every((location, each) => location === -1 || location === each));
    assert.ok(found.filter((location) => location !== -1).length <= slots);
  });
});
