import assert from 'node:assert/strict';
import fc from 'fast-check';
import { didYouMean, editDistance } from '../../../definitions/model/did-you-mean.ts';

describe('didYouMean', () => {
  it('finds the name that was meant', () => {
    for (const wrong of ['nedds', 'need', 'Needs', 'needss'])
      assert.equal(didYouMean(wrong, ['when', 'needs', 'run']), "Did you mean 'needs'?");
  });

  it('lists the names when none is near', () => {
    assert.equal(didYouMean('colour', ['when', 'run']), 'Known here: when, run.');
    assert.match(didYouMean('x', []), /none/);
  });

  it('takes a name for another that differs in a third of its letters, and in no more', () => {
    assert.equal(didYouMean('abcdxy', ['abcdef']), "Did you mean 'abcdef'?");
    assert.equal(didYouMean('abcxyz', ['abcdef']), 'Known here: abcdef.');
    assert.equal(didYouMean('abcdexyz', ['abcdefgh']), 'Known here: abcdefgh.');
    assert.equal(didYouMean('abcdefxyz', ['abcdefghi']), "Did you mean 'abcdefghi'?");
  });

  it('takes no name for another of one or two letters, unless they differ by case only', () => {
    assert.equal(didYouMean('b', ['a']), 'Known here: a.');
    assert.equal(didYouMean('io', ['in']), 'Known here: in.');
    assert.equal(didYouMean('A', ['b', 'a']), "Did you mean 'a'?");
  });

  it('looks at all of 300 names, and of more at those that begin or end as the wrong one does', () => {
    const others = Array.from({ length: 299 }, (_, index) => `${index}`);
    assert.equal(didYouMean('yneedsx', ['xneedsy', ...others]), "Did you mean 'xneedsy'?");
    assert.match(didYouMean('yneedsx', ['xneedsy', 'other', ...others]), /^Known here/);
    assert.equal(didYouMean('xneedsx', ['xneedsy', 'other', ...others]), "Did you mean 'xneedsy'?");
    assert.equal(didYouMean('yxxedsx', ['yneedsx', 'other', ...others]), "Did you mean 'yneedsx'?");
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

  it('looks for what was meant by names of up to 200 characters', () => {
    const known = 'x'.repeat(200);
    assert.equal(didYouMean(`${known.slice(1)}y`, [known]), `Did you mean '${known}'?`);
    assert.equal(didYouMean(`${known}y`, [known]), `Known here: ${known}.`);
  });
});
