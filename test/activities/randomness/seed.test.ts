import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deriveSeed } from '../../../activities/randomness/seed.ts';

describe('deriveSeed', () => {
  const parts = fc.array(fc.oneof(fc.string(), fc.integer()));

  it('gives the same 31 bits for the same parts', () => {
    fc.assert(
      fc.property(fc.nat(), parts, (seed, list) => {
        const derived = deriveSeed(seed, ...list);
        assert.equal(deriveSeed(seed, ...list), derived);
        assert(Number.isInteger(derived) && derived >= 0 && derived < 2 ** 31);
      }),
    );
  });

  it('tells run seeds, parts and their limits apart', () => {
    const seeds = [
      deriveSeed(1),
      deriveSeed(2),
      deriveSeed(1, 'ab'),
      deriveSeed(1, 'a', 'b'),
      deriveSeed(1, 1),
      deriveSeed(1, '1'),
    ];
    assert.equal(new Set(seeds).size, seeds.length);
  });

  it('is known for a known choice, so that old runs can be repeated', () => {
    // First four bytes of the sha256 of [1,"pairs",7], without the lowest bit.
    assert.equal(deriveSeed(1, 'pairs', 7), 1635004978);
  });
});
