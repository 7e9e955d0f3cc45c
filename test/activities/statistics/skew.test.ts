import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { shapeOfClusters } from '../../../activities/statistics/skew.ts';
import { StatisticsError } from '../../../activities/statistics/statistics-error.ts';
import { assertClose } from './assert-close.ts';

interface Reference {
  readonly values: readonly number[];
  readonly skew: number;
  readonly pSkewed: number;
  readonly withoutOne: readonly [number, number];
}
const references = JSON.parse(
  readFileSync(new URL('../../reference/skew-values.json', import.meta.url), 'utf8'),
) as { readonly [name: string]: Reference };
const apart = (values: readonly number[]) =>
  values.map((value, index) => ({ cluster: String(index), value }));

describe('shapeOfClusters', () => {
  for (const [name, { values, skew, pSkewed, withoutOne }] of Object.entries(references))
    it(`gives what SciPy gives: ${name}`, () => {
      const shape = shapeOfClusters(apart(values));
      assertClose(shape.skew ?? NaN, skew, 1e-9);
      assertClose(shape.pSkewed ?? NaN, pSkewed, 1e-9);
      assertClose(shape.withoutOne?.low ?? NaN, withoutOne[0], 1e-9);
      assertClose(shape.withoutOne?.high ?? NaN, withoutOne[1], 1e-9);
    });

  it('says nothing of a skew where there is no spread, be it for rounding, nor of one cluster', () => {
    const flat = shapeOfClusters(apart([0.1 + 0.2, 0.3, 0.3]));
    assert.deepEqual([flat.skew, flat.pSkewed], [null, null]);
    const single = shapeOfClusters([{ cluster: 'a', value: 1 }]);
    assert.deepEqual(single, { largestShare: 1, skew: null, withoutOne: null, pSkewed: null });
    assert.throws(
      () => shapeOfClusters([]),
      (error) => error instanceof StatisticsError && error.code === 'NO_VALUES',
    );
  });

  it('tells the share of the largest cluster', () => {
    const values = ['a', 'a', 'a', 'b'].map((cluster, index) => ({ cluster, value: index }));
    assert.equal(shapeOfClusters(values).largestShare, 0.75);
  });
});
