import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findDifferences } from '../../../cli/text/differences.ts';

describe('the differences of two JSON values', () => {
  it('are their leaves that differ or are missing, by path', () => {
    assert.deepEqual(
      findDifferences(
        { a: 1, b: { c: 'x', d: [1, 2] }, same: null },
        { a: 2, b: { c: 'x', d: [1, 3] }, same: null, e: true },
      ),
      [
        { path: 'a', one: '1', other: '2' },
        { path: 'b.d', one: '[1,2]', other: '[1,3]' },
        { path: 'e', one: undefined, other: 'true' },
      ],
    );
  });

  it('are none of a value to itself, and the same the other way round', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        assert.deepEqual(findDifferences(one, one), []);
        assert.deepEqual(
          findDifferences(one, other).map((found) => [found.one, found.other]),
          findDifferences(other, one).map((found) => [found.other, found.one]),
        );
      }),
    );
  });
});
