import assert from 'node:assert/strict';
import { groupBy } from '../../../activities/statistics/group-by.ts';

describe('groupBy', () => {
  it('keeps keys and items in the order in which they come', () => {
    const groups = groupBy(['bear', 'ant', 'bee', 'ape', 'cat'], (word) => word[0]);
    assert.deepEqual(
      [...groups],
      [
        ['b', ['bear', 'bee']],
        ['a', ['ant', 'ape']],
        ['c', ['cat']],
      ],
    );
  });
});
