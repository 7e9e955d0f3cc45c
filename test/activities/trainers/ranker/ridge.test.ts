import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitRidge, product, type SparseRow } from '../../../../activities/trainers/ranker/ridge.ts';

const dimensions = 4;
const row = (values: readonly number[]): SparseRow => ({
  indices: Int32Array.from(values, (_, index) => index),
  values: Float64Array.from(values),
});

describe('fitRidge', () => {
  it('is where no weight can be moved for a smaller loss', () => {
    const entry = fc.integer({ min: -3, max: 3 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(entry, { minLength: dimensions, maxLength: dimensions }), entry), {
          minLength: 1,
          maxLength: 8,
        }),
        (cases) => {
          const rows = cases.map(([values]) => row(values));
          const targets = Float64Array.from(cases, ([, target]) => target);
          const weights = fitRidge(rows, targets, dimensions, 1);
          const lossOf = (own: Float64Array): number =>
            rows.reduce((sum, one, index) => sum + (product(one, own) - targets[index]!) ** 2, 0) +
            own.reduce((sum, weight) => sum + weight ** 2, 0);
          const least = lossOf(weights);
          for (let index = 0; index < dimensions; index += 1)
            for (const step of [-0.2, 0.2]) {
              const moved = Float64Array.from(weights);
              moved[index]! += step;
              assert.ok(lossOf(moved) >= least - 1e-6);
            }
        },
      ),
    );
  });

  it('gives nothing for nothing', () => {
    assert.deepEqual([...fitRidge([], new Float64Array(0), 2, 1)], [0, 0]);
  });
});
