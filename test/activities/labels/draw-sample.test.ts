import assert from 'node:assert/strict';
import fc from 'fast-check';
import { drawSample } from '../../../activities/labels/draw-sample.ts';
import { assertClose } from '../statistics/assert-close.ts';
import { createRandom } from '../../../activities/randomness/random.ts';

const pairs = fc.array(
  fc.record({ topic: fc.constantFrom('a', 'b', 'c'), dispute: fc.double({ min: 0, max: 3, noNaN: true }) }),
  { minLength: 1, maxLength: 40 },
);
const share = fc.constantFrom(0, 0.5, 0.9);

describe('drawSample', () => {
  it('draws as many as were asked for, each once, with chances that add up to that', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.integer({ min: 1, max: 50 }),
        share,
        fc.nat(),
        (all, count, disputedShare, seed) => {
          const drawn = drawSample(all, { count, disputedShare, random: createRandom(seed) });
          assert.equal(drawn.length, Math.min(count, all.length));
          assert.equal(new Set(drawn.map(({ pair }) => pair)).size, drawn.length);
          for (const { probability } of drawn)
            assert.ok(probability > 0 && probability <= 1, String(probability));
        },
      ),
    );
  });

  it('draws each pair as often as its chance says, the disputed more often', () => {
    const all = Array.from({ length: 20 }, (_, index) => ({ topic: `t${index % 4}`, dispute: index, index }));
    const [rounds, counts] = [4_000, all.map(() => 0)];
    const chances = all.map(() => 0);
    const random = createRandom(3);
    for (let round = 0; round < rounds; round += 1) {
      for (const { pair, probability } of drawSample(all, { count: 6, disputedShare: 0.5, random })) {
        counts[pair.index]! += 1;
        chances[pair.index] = probability;
      }
    }
    for (const [index, count] of counts.entries()) {
      const expected = chances[index]! * rounds;
      assert.ok(Math.abs(count - expected) < 5 * Math.sqrt(expected), `${index}: ${count}, not ${expected}`);
    }
    assert.ok(chances[19]! > 2 * chances[0]!);
  });

  it('gives every pair the same chance where nothing is disputed', () => {
    const all = Array.from({ length: 10 }, (_, index) => ({ topic: `t${index}`, dispute: 0 }));
    const drawn = drawSample(all, { count: 5, disputedShare: 0.5, random: createRandom(1) });
    for (const { probability } of drawn) assertClose(probability, 0.5, 1e-12);
  });
});
