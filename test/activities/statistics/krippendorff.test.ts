/** Reference: PyPI `krippendorff`, `alpha(reliability_data, level_of_measurement='interval')`. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { krippendorffAlpha, type RatedUnit } from '../../../activities/statistics/krippendorff.ts';
import { assertClose } from './assert-close.ts';

type Ratings = (number | null)[];
const toUnits = (rows: readonly Ratings[]): RatedUnit[] =>
  rows.map((ratings, index) => ({ cluster: `p${index}`, ratings }));

/** Three coders, fifteen units, many missing: the example of Krippendorff, "Computing Krippendorff's alpha-reliability". */
const textbook: Ratings[] = [
  [null, 1, null],
  [null, null, null],
  [null, 2, 2],
  [null, 1, 1],
  [null, 3, 3],
  [3, 3, 4],
  [4, 4, 4],
  [1, 3, null],
  [2, null, 2],
  [1, null, 1],
  [1, null, 1],
  [3, null, 3],
  [3, null, 3],
  [null, null, null],
  [3, null, 4],
];

const noisy: Ratings[] = [
  [0.5, 3.8, 3.9],
  [2, 2.7, 3.7],
  [4.1, 3.5, 2.8],
  [null, 5.7, 2.9],
  [1.4, 3.7, 3.6],
  [3.2, 2.5, 1.7],
  [1.7, 2.7, 2.2],
  [3.2, null, null],
  [4.1, 2.8, 4.3],
  [2.8, 4.3, 4.3],
  [1.7, 1.6, 1.4],
  [4.2, 4, 3],
  [0.7, 2.8, 1.1],
  [0.9, 0.3, 2.5],
  [2.8, 2.9, 2.3],
  [2.2, 1.6, 1.8],
  [1.9, 3.3, 3.5],
  [5.3, 4.1, 5.1],
  [3.5, 1.6, 2],
  [0.8, 2.2, 1.3],
];

function width(units: readonly RatedUnit[]): number {
  const { low, high } = krippendorffAlpha(units, { seed: 2 });
  return high! - low!;
}

/** Every unit four times, in the clusters that `cluster` names. */
function copies(cluster: (index: number, copy: number) => string): RatedUnit[] {
  return noisy.flatMap((ratings, index) =>
    [0, 1, 2, 3].map((copy) => ({ cluster: cluster(index, copy), ratings })),
  );
}

describe('krippendorffAlpha', () => {
  it('agrees with the reference, missing ratings included', () => {
    assertClose(krippendorffAlpha(toUnits(textbook), { seed: 1 }).alpha, 0.8108448928121059, 1e-12);
    const agreement = krippendorffAlpha(toUnits(noisy), { seed: 1 });
    assertClose(agreement.alpha, 0.4118575493050154, 1e-12);
    assert.equal(agreement.unitCount, 19);
    assert.ok(agreement.low! < agreement.alpha! && agreement.alpha! < agreement.high!);
  });

  it('is 1 for perfect agreement and null when nothing differs or nothing can be compared', () => {
    assertClose(
      krippendorffAlpha(
        toUnits([
          [1, 1],
          [4, 4],
          [2, 2],
        ]),
        { seed: 1 },
      ).alpha,
      1,
      1e-12,
    );
    assert.equal(
      krippendorffAlpha(
        toUnits([
          [3, 3],
          [3, 3],
        ]),
        { seed: 1 },
      ).alpha,
      null,
    );
    assert.equal(
      krippendorffAlpha(
        toUnits([
          [3, null],
          [null, 2],
        ]),
        { seed: 1 },
      ).alpha,
      null,
    );
    assert.equal(krippendorffAlpha([], { seed: 1 }).alpha, null);
    assert.throws(() => krippendorffAlpha(toUnits([[Number.NaN, 1]]), { seed: 1 }), { code: 'NOT_FINITE' });
  });

  it('does not depend on the order of validators, the origin or the unit of the scale', () => {
    const rating = fc.option(fc.integer({ min: 1, max: 5 }), { nil: null });
    fc.assert(
      fc.property(fc.array(fc.tuple(rating, rating, rating), { minLength: 2, maxLength: 20 }), (rows) => {
        const options = { seed: 1, resamples: 10 };
        const alpha = krippendorffAlpha(toUnits(rows), options).alpha;
        const changed = rows.map(([a, b, c]): Ratings => [c, a, b].map((value) => value && value * 3 + 1000));
        const same = krippendorffAlpha(toUnits(changed), options).alpha;
        if (alpha === null) assert.equal(same, null);
        else assertClose(same, alpha, 1e-9);
      }),
    );
  });

  it('resamples whole clusters: copies of one base prompt add no certainty', () => {
    assert.ok(
      width(copies((index) => `${index}`)) > 1.5 * width(copies((index, copy) => `${index}/${copy}`)),
    );
  });
});
