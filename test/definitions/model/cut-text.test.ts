import assert from 'node:assert/strict';
import { cutText } from '../../../definitions/model/cut-text.ts';

describe('cutText', () => {
  it('leaves what fits, and says how much it has cut of what does not', () => {
    assert.equal(cutText('abc', 3), 'abc');
    assert.equal(cutText('abcd', 3), 'abc… (1 more characters)');
  });

  it('never cuts a character in two', () => {
    assert.equal(cutText('ab😀cd', 3), 'ab… (4 more characters)');
  });
});
