import assert from 'node:assert/strict';
import { incompleteBeta } from '../../../activities/statistics/incomplete-beta.ts';

describe('incompleteBeta', () => {
  // Closed forms of DLMF 8.17: I(x; ½, ½), I(x; a, 1) and I(x; 1, b).
  const close = (found: number, exact: number): void =>
    assert.ok(Math.abs(found / exact - 1) < 1e-13, `${found} for ${exact}`);

  it('is the closed form to 13 digits where there is one', () => {
    for (const x of [0.01, 0.3, 0.5, 0.9, 0.999]) {
      close(incompleteBeta(x, 0.5, 0.5), (2 / Math.PI) * Math.asin(Math.sqrt(x)));
      close(incompleteBeta(x, 7.5, 1), x ** 7.5);
      close(incompleteBeta(x, 1, 3.25), -Math.expm1(3.25 * Math.log1p(-x)));
    }
  });

  it('mirrors itself, and ends at 0 and 1', () => {
    for (const x of [0.001, 0.2, 0.5, 0.7])
      close(incompleteBeta(x, 2.5, 40) + incompleteBeta(1 - x, 40, 2.5), 1);
    assert.deepEqual([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)], [0, 1]);
  });
});
