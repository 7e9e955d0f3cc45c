import assert from 'node:assert/strict';
import fc from 'fast-check';
import { didYouMean, editDistance } from '../../definitions/did-you-mean.ts';

describe('didYouMean', () => {
  it('finds the name that was meant', () => {
    for (const wrong of ['nedds', 'need', 'Needs', 'needss'])
      assert.equal(didYouMean(wrong, ['when', 'needs', 'run']), "Did you mean 'needs'?");
  });

  it('lists the names when none is near', () => {
    assert.equal(didYouMean('colour', ['when', 'run']), 'Known here: when, run.');
    assert.match(didYouMean('x', []), /none/);
  });
});

describe('editDistance', () => {
  it('counts inserting, deleting, replacing and swapping neighbours as one', () => {
    for (const [left, right] of [
      ['ab', 'abc'],
      ['abc', 'ab'],
      ['abc', 'axc'],
      ['abc', 'acb'],
    ] as const)
      assert.equal(editDistance(left, right), 1);
    assert.equal(editDistance('kitten', 'sitting'), 3);
  });

  it('is symmetric, and 0 only for equals', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (left, right) => {
        assert.equal(editDistance(left, right), editDistance(right, left));
        assert.equal(editDistance(left, right) === 0, left === right);
      }),
    );
  });
});
