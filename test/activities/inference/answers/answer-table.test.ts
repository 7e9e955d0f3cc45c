import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { AnswerTable } from '../../../../activities/inference/answers/answer-table.ts';

const keyOf = (number: number): string => createHash('sha256').update(String(number)).digest('hex');

describe('AnswerTable', () => {
  it('finds the last location of every key while it may grow', () => {
    const table = new AnswerTable(2 ** 16);
    const count = 20_000;
    for (const round of [1, 2])
      for (let each = 0; each < count; each += 1) table.set(keyOf(each), each * round);
    for (let each = 0; each < count; each += 1) assert.equal(table.get(keyOf(each)), 2 * each);
    assert.equal(table.get(keyOf(count)), undefined);
  });

  it('keeps locations of 44 bits', () => {
    const table = new AnswerTable(2 ** 16);
    const locations = [0, 1, 2 ** 26, 2 ** 32 - 1, 2 ** 32, 2 ** 43 + 5, 2 ** 44 - 1];
    for (const location of locations) table.set(keyOf(location), location);
    for (const location of locations) assert.equal(table.get(keyOf(location)), location);
  });

  it('tells keys apart that share their first 32 bits', () => {
    const table = new AnswerTable(2 ** 16);
    const keys = ['0', '1', '8', 'f'].map((digit) => keyOf(1).slice(0, 8) + digit + keyOf(1).slice(9));
    for (const [each, key] of keys.entries()) table.set(key, each);
    assert.deepEqual(
      keys.map((key) => table.get(key)),
      [0, 1, 2, 3],
    );
  });

  it('forgets nothing before it is full to four fifths', () => {
    const slots = 2 ** 15;
    const count = 0.8 * slots;
    const table = new AnswerTable(slots);
    for (let each = 0; each < count; each += 1) table.set(keyOf(each), each);
    for (let each = 0; each < count; each += 1) assert.equal(table.get(keyOf(each)), each);
  });

  it('forgets answers, but mistakes none, once it is full', () => {
    const slots = 4096;
    const table = new AnswerTable(slots);
    for (let each = 0; each < 3 * slots; each += 1) {
      table.set(keyOf(each), each);
      assert.equal(table.get(keyOf(each)), each);
    }
    const found = Array.from({ length: 3 * slots }, (_, each) => table.get(keyOf(each)) ?? -1);
    assert.ok(found.every((location, each) => location === -1 || location === each));
    const kept = found.filter((location) => location !== -1).length;
    assert.ok(kept <= slots && kept >= 0.8 * slots, `${kept} of ${slots}`);
  });
});
