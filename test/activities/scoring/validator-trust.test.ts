import assert from 'node:assert/strict';
import {
  distrust,
  decideTrust,
  judgesOf,
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

  const bad = (validator: number): SentinelTally => tally(validator, 'worse', 0, 10);

  it('keeps the others, and gives up where fewer than two of those that scored are left', () => {
    assert.deepEqual(decideTrust([1, 2, 3], [bad(2)]), { validators: [1, 3], tooFew: null });
    const { validators, tooFew } = decideTrust([1, 2, 3], [bad(2), bad(3)]);
    assert.deepEqual(validators, []);
    assert.match(tooFew ?? '', /^only 1 of the 3 validators .*validator 2: .*validator 3: /);
  });

  it('never counts a validator that has scored nothing', () => {
    assert.match(decideTrust([1, 2], [bad(2)]).tooFew ?? '', /^only 1 of the 2 validators/);
    assert.deepEqual(decideTrust([1], []), { validators: [1], tooFew: null });
    assert.deepEqual(decideTrust([], []), { validators: [], tooFew: null });
  });

  it('believes checks, which need nobody to check them, where too few validators are left', () => {
    assert.deepEqual(decideTrust([1, 2, 4], [bad(1), bad(2)], [4]), { validators: [4], tooFew: null });
  });

  it('lets the verdict rest on referees, else on checks, and claims nothing by what learning may have bent', () => {
    const panel = { referees: [3], checks: [4] };
    assert.deepEqual(judgesOf([1, 2, 3, 4], panel), {
      validators: [3],
      areUnheard: true,
      arePrograms: false,
    });
    assert.deepEqual(judgesOf([1, 2, 4], panel), { validators: [4], areUnheard: true, arePrograms: true });
    assert.deepEqual(judgesOf([1, 2], panel), { validators: [1, 2], areUnheard: false, arePrograms: false });
    assert.deepEqual(judgesOf([1, 4, 5], { referees: [4, 5], checks: [4, 5] }), {
      validators: [4, 5],
      areUnheard: true,
      arePrograms: true,
    });
  });
});
