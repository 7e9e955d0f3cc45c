/** Reference values: scipy 1.17.1, `stats.norm.cdf/ppf`, `stats.t.cdf/ppf`, `stats.binomtest(…).proportion_ci('wilson')`. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normalCdf, normalQuantile } from '../../../activities/statistics/normal.ts';
import { studentTCdf, studentTQuantile } from '../../../activities/statistics/student-t.ts';
import { wilsonInterval } from '../../../activities/statistics/wilson.ts';
import { StatisticsError } from '../../../activities/statistics/statistics-error.ts';
import { assertClose } from './assert-close.ts';

describe('distributions', () => {
  it('normalCdf agrees with scipy, tails included', () => {
    const reference: [number, number][] = [
      [-9, 1.1285884059538324e-19],
      [-5, 2.866515718791933e-7],
      [-2.5, 0.006209665325776132],
      [-1, 0.15865525393145707],
      [0, 0.5],
      [0.3, 0.6179114221889526],
      [1.959963984540054, 0.975],
      [4, 0.9999683287581669],
      [8, 0.9999999999999993],
    ];
    for (const [x, expected] of reference) assertClose(normalCdf(x), expected, 1e-8 * expected);
  });

  it('normalQuantile agrees with scipy', () => {
    const reference: [number, number][] = [
      [1e-12, -7.034483825301131],
      [1e-4, -3.7190164854556804],
      [0.025, -1.9599639845400545],
      [0.3, -0.5244005127080409],
      [0.5, 0],
      [0.8, 0.8416212335729143],
      [0.9999, 3.719016485455709],
    ];
    for (const [p, expected] of reference) assertClose(normalQuantile(p), expected, 1e-9);
    assert.equal(normalQuantile(0), -Infinity);
    assert.equal(normalQuantile(1), Infinity);
    assert.throws(() => normalQuantile(1.01), { code: 'OUT_OF_RANGE' });
  });

  it('studentTCdf agrees with scipy for odd and even degrees', () => {
    const reference: [number, number, number][] = [
      [-2, 1, 0.14758361765043326],
      [0.5, 2, 0.6666666666666666],
      [1.5, 3, 0.8847080673775886],
      [2.3, 7, 0.9725044523978142],
      [-3.1, 10, 0.005625328608041707],
      [1.96, 41, 0.9715918086131953],
    ];
    for (const [t, degrees, expected] of reference) assertClose(studentTCdf(t, degrees), expected, 1e-12);
    assert.throws(() => studentTCdf(1, 0), StatisticsError);
  });

  it('studentTQuantile agrees with scipy', () => {
    const reference: [number, number, number][] = [
      [0.975, 1, 12.706204736174694],
      [0.975, 2, 4.302652729749462],
      [0.975, 9, 2.262157162798205],
      [0.8, 11, 0.8755299780738819],
      [0.025, 5, -2.5705818356363155],
      [0.9995, 30, 3.6459586350420627],
    ];
    for (const [p, degrees, expected] of reference) assertClose(studentTQuantile(p, degrees), expected, 1e-9);
  });

  it('quantiles undo distribution functions', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        (p, degrees) => {
          assertClose(normalCdf(normalQuantile(p)), p, 1e-9);
          assertClose(studentTCdf(studentTQuantile(p, degrees), degrees), p, 1e-9);
        },
      ),
    );
  });

  it('wilsonInterval agrees with scipy', () => {
    const reference: [number, number, number, number][] = [
      [0, 10, 0, 0.27753279986288926],
      [7, 10, 0.39677814746114526, 0.892208732593699],
      [10, 10, 0.7224672001371109, 1],
      [33, 61, 0.4172404813075648, 0.6598706770614424],
    ];
    for (const [successes, count, low, high] of reference) {
      const interval = wilsonInterval(successes, count);
      assertClose(interval.low, low, 1e-9);
      assertClose(interval.high, high, 1e-9);
      assert.equal(interval.share, successes / count);
    }
    assert.throws(() => wilsonInterval(0, 0), { code: 'NO_VALUES' });
    assert.throws(() => wilsonInterval(3, 2), { code: 'OUT_OF_RANGE' });
  });
});
