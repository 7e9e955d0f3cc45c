import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LINEAGE_ERROR, nextLevel, type SpentClaim } from '../../../activities/statistics/error-budget.ts';

function spend(outcomes: readonly boolean[]): SpentClaim[] {
  const claims: SpentClaim[] = [];
  for (const isProven of outcomes) claims.push({ level: nextLevel(claims), isProven });
  return claims;
}

describe('nextLevel', () => {
  it('never has more than the budget out with claims that are not proven', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (outcomes) => {
        const claims = spend(outcomes);
        const out = claims
          .filter(({ isProven }) => !isProven)
          .reduce((sum, { level }) => sum + level, nextLevel(claims));
        assert.ok(out <= LINEAGE_ERROR + 1e-12);
        assert.ok(claims.every(({ level }) => level > 0));
      }),
    );
  });

  it('gives the level of a proven claim to the next, once', () => {
    const [first, second, third] = spend([true, false, false]);
    assert.ok(first && second && third);
    const [, alone, after] = spend([false, false, false]);
    assert.ok(Math.abs(second.level - (alone?.level ?? 0) - first.level) < 1e-12);
    assert.ok(Math.abs(third.level - (after?.level ?? 0)) < 1e-12);
  });

  it('uses the budget up over claims without an end', () => {
    const claims = spend(Array.from({ length: 3_000 }, () => false));
    const sum = claims.reduce((total, { level }) => total + level, 0);
    assert.ok(sum > 0.98 * LINEAGE_ERROR && sum < LINEAGE_ERROR);
  });
});
