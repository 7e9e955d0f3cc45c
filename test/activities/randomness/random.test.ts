import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRandom, shuffle } from '../../../activities/randomness/random.ts';
import { assertClose } from '../statistics/assert-close.ts';

const draw = (seed: number, count: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random());
};

describe('createRandom', () => {
  it('repeats itself by seed and differs between neighbouring seeds', () => {
    assert.deepEqual(draw(7, 50), draw(7, 50));
    const [one, other] = [draw(7, 50), draw(8, 50)];
    assert.equal(one.filter((value, index) => value === other[index]).length, 0);
  });

  it('is uniform and without memory: mean, variance and lag-1 correlation', () => {
    const values = draw(1, 200_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    let lag = 0;
    for (let index = 1; index < values.length; index += 1)
      lag += (values[index]! - mean) * (values[index - 1]! - mean);
    assertClose(mean, 0.5, 0.003);
    assertClose(variance, 1 / 12, 0.001);
    assertClose(lag / values.length / variance, 0, 0.01);
    assert.ok(values.every((value) => value >= 0 && value < 1));
  });

  it('shuffle gives the same order every time, and another by another seed', () => {
    const order = (seed: number): number[] => shuffle([1, 2, 3, 4, 5, 6, 7, 8], createRandom(seed));
    assert.deepEqual(order(5), order(5));
    assert.notDeepEqual(order(5), order(6));
  });

  it('shuffle keeps every item', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        const shuffled = shuffle(items, createRandom(seed));
        assert.deepEqual(
          shuffled.toSorted((a, b) => a - b),
          items.toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
