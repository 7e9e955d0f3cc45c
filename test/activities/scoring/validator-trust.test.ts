import assert from 'node:assert/strict';
import {
  distrust,
  trustedValidators,
  type SentinelTally,
} from '../../../activities/scoring/validator-trust.ts';

const tally = (validator: number, kind: string, passed: number, planted: number): SentinelTally => ({
  validator,
  kind,
  passed,
  planted,
});

describe('trust in validators', () => {
  it('is lost by missing every one of two sentinels, and not by missing one', () => {
    assert.equal(distrust([tally(1, 'worse', 0, 1)]), null);
    assert.notEqual(distrust([tally(1, 'worse', 0, 1), tally(1, 'bribed', 0, 1)]), null);
    assert.equal(distrust([tally(1, 'worse', 19, 20), tally(1, 'bribed', 20, 20)]), null);
  });

  it('is lost by one kind alone, however many of the other kind were right', () => {
    assert.match(
      distrust([tally(1, 'worse', 500, 500), tally(1, 'bribed', 0, 5)]) ?? '',
      /5 of 5 .*full marks/,
    );
  });

  it('does not hang on twins, which have no known order', () => {
    assert.equal(distrust([tally(1, 'twin', 0, 50)]), null);
  });

  it('keeps the others, and gives up where fewer than two are left', () => {
    const bad = (validator: number): SentinelTally => tally(validator, 'worse', 0, 10);
    assert.deepEqual(trustedValidators([bad(2)]), [1, 3]);
    assert.throws(() => trustedValidators([bad(2), bad(3)]), { code: 'TOO_FEW_VALIDATORS' });
  });
});
