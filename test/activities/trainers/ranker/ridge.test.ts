import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitRidge, product, type SparseRow } from '../../../../activities/trainers/ranker/ridge.ts';

const dimensions = 4;
const row = (values: readonly number[]): SparseRow => ({
  indices: Int32Array.from(values, (_, index) => index),
  values: Float64Array.from(values),
});

describe('fitRidge', () => {
  it('leaves of the slope of the loss 2% at most', () => {
    const entry = fc.integer({ min: -3, max: 3 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(entry, { minLength: dimensions, maxLength: dimensions }), entry), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.constantFrom(0.5, 1, 4),
        (cases, lambda) => {
          const rows = cases.map(([values]) => row(values));
          const targets = Float64Array.from(cases, ([, target]) => target);
          const lengthOfSlope = (weights: Float64Array): number =>
            Math.hypot(
              ...weights.map((weight, index) =>
                rows.reduce(
                  (sum, { values }, which) =>
                    sum + values[index]! * (product(rows[which]!, weights) - targets[which]!),
                  lambda * weight,
                ),
              ),
            );
          const fitted = fitRidge(rows, targets, dimensions, lambda);
          const first = lengthOfSlope(new Float64Array(dimensions));
          assert.ok(lengthOfSlope(fitted) <= 0.02 * first + 1e-9);
        },
      ),
    );
  });

  it('gives nothing for nothing', () => {
    assert.deepEqual([...fitRidge([], new Float64Array(0), 2, 1)], [0, 0]);
  });
});
