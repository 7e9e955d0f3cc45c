import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chooseBetter, type FirstLook } from '../../../../activities/stages/5-halving/halving.ts';

const looks = fc
  .array(fc.option(fc.double({ min: 1, max: 5, noNaN: true })), { maxLength: 16 })
  .map((scores) => [null, ...scores].map((score, index): FirstLook => ({ variationIdx: index - 1, score })));

describe('chooseBetter', () => {
  it('keeps the untouched prompt and the better three eighths, whatever it scored', () => {
    fc.assert(
      fc.property(looks, fc.nat(), (given, seed) => {
        const kept = chooseBetter(given, seed);
        assert.equal(kept[0]?.variationIdx, -1);
        const scored = given.filter(({ variationIdx, score }) => variationIdx >= 0 && score !== null);
        const better = kept.filter(({ keptAs }) => keptAs === 'better');
        assert.equal(better.length, Math.min(scored.length, Math.ceil(((given.length - 1) * 3) / 8)));
        const scoreOf = (index: number): number => given[index + 1]?.score ?? -Infinity;
        const worst = Math.min(...better.map(({ variationIdx }) => scoreOf(variationIdx)));
        for (const { variationIdx } of given.slice(1)) {
          if (!better.some((one) => one.variationIdx === variationIdx))
            assert.ok(scoreOf(variationIdx) <= worst);
        }
      }),
    );
  });

  it('does not depend on the order of the looks', () => {
    fc.assert(
      fc.property(looks, fc.nat(), (given, seed) => {
        assert.deepEqual(chooseBetter(given.toReversed(), seed), chooseBetter(given, seed));
      }),
    );
  });

  it('draws about a tenth of the others', () => {
    const given = Array.from({ length: 17 }, (_, index) => ({ variationIdx: index - 1, score: index }));
    const drawn = Array.from(
      { length: 500 },
      (_, seed) => chooseBetter(given, seed).filter(({ keptAs }) => keptAs === 'drawn').length,
    );
    const share = drawn.reduce((sum, count) => sum + count, 0) / (500 * 10);
    assert.ok(share > 0.08 && share < 0.12, `${share}`);
  });
});
