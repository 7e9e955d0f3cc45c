import assert from 'node:assert/strict';
import { assertMostMade } from '../../../activities/inference/failed-rows.ts';

describe('a shard of which much has failed', () => {
  const isRefused = (...errors: readonly (string | null | undefined)[]): boolean => {
    const rows = errors.map((error) => (error === undefined ? {} : { error }));
    try {
      assertMostMade(rows, 'answers', 'main');
      return false;
    } catch (error) {
      assert.equal((error as { readonly code?: string }).code, 'TOO_MANY_FAILED');
      return true;
    }
  };

  it('is refused where the calls of more than half of its rows have failed', () => {
    assert.equal(isRefused('BAD_REQUEST', null), false);
    assert.equal(isRefused('BAD_REQUEST', 'PROMPT_TOO_LONG', null), true);
    assert.equal(isRefused('BAD_REQUEST', undefined, undefined), false);
    assert.equal(isRefused(), false);
    assert.equal(isRefused('SOMETHING_ELSE'), true);
  });

  it('counts as made what a model said, though it cannot be used', () => {
    for (const finding of [
      'UNPARSABLE',
      'COPIED_INSTRUCTION',
      'UNCHANGED',
      'ANSWERED',
      'LOST_CONTENT',
      'NO_FIELD',
      'CUT_OFF',
      'EMPTY',
    ])
      assert.equal(isRefused(finding, finding), false, finding);
    assert.equal(isRefused('UNPARSABLE', 'BAD_REQUEST', 'BAD_REQUEST'), true);
  });

  it('leaves out rows for which nothing was asked', () => {
    for (const unasked of ['NO_PROMPT', 'NOTHING_TO_COMPARE']) {
      assert.equal(isRefused(unasked, unasked, unasked, 'BAD_REQUEST'), true, unasked);
      assert.equal(isRefused(unasked, unasked), false, unasked);
    }
  });

  it('is refused with what failed how often', () => {
    assert.throws(
      () =>
        assertMostMade([{ error: 'B' }, { error: 'A' }, { error: 'B' }, { error: null }], 'answers', 'main'),
      /^ActivityError: 3 of 4 answers of a shard could not be made \(B, A\): look at the main model/u,
    );
  });
});
