import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assignSplits } from '../../../../activities/stages/1-base-prompts/splits.ts';

const shares = { train: 0.5, select: 0.1, gate: 0.1, test: 0.3 };
const topics = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 4, maxLength: 60 });

describe('assignSplits', () => {
  it('gives every topic exactly one split, and every split a topic', () => {
    fc.assert(
      fc.property(topics, fc.nat(), (names, seed) => {
        const splits = assignSplits(names, shares, seed);
        assert.deepEqual(new Set(splits.keys()), new Set(names));
        assert.deepEqual(new Set(splits.values()), new Set(['train', 'select', 'gate', 'test']));
      }),
    );
  });

  it('keeps the shares to within one topic where there are enough', () => {
    const splits = assignSplits(
      Array.from({ length: 40 }, (_, index) => `topic ${index}`),
      shares,
      7,
    );
    const count = (split: string): number => [...splits.values()].filter((value) => value === split).length;
    assert.deepEqual([count('train'), count('select'), count('gate'), count('test')], [20, 4, 4, 12]);
  });

  it('is repeatable by its seed, and differs between seeds', () => {
    const names = Array.from({ length: 30 }, (_, index) => `topic ${index}`);
    assert.deepEqual(assignSplits(names, shares, 3), assignSplits(names, shares, 3));
    assert.notDeepEqual(assignSplits(names, shares, 3), assignSplits(names, shares, 4));
  });

  it('leaves settled topics where they are, and evens the shares out with the others', () => {
    const settled = new Map(Array.from({ length: 10 }, (_, index) => [`old ${index}`, 'train'] as const));
    const names = [...settled.keys(), ...Array.from({ length: 10 }, (_, index) => `new ${index}`)];
    const splits = assignSplits(names, shares, 5, settled);
    for (const [topic, split] of settled) assert.equal(splits.get(topic), split);
    const count = (split: string): number => [...splits.values()].filter((value) => value === split).length;
    assert.deepEqual([count('train'), count('select'), count('gate'), count('test')], [10, 2, 2, 6]);
  });
});
