import assert from 'node:assert/strict';
import { cleanSentence } from '../../../../activities/inference/wire/clean-sentence.ts';

describe('cleanSentence', () => {
  it('is on one line, without the API key', () => {
    assert.equal(
      cleanSentence(' Key k-1\r\n\tand \u0000k-1\u2028is wrong. ', 'k-1'),
      'Key [API key] and [API key] is wrong.',
    );
    assert.equal(cleanSentence('as it is', undefined), 'as it is');
  });

  it('takes 500 characters, and cuts what is longer', () => {
    assert.equal(cleanSentence('a'.repeat(500), undefined), 'a'.repeat(500));
    assert.equal(cleanSentence('a'.repeat(501), undefined), `${'a'.repeat(499)}…`);
  });

  it('cuts no letter in half', () => {
    assert.equal(cleanSentence(`${'a'.repeat(498)}😀${'b'.repeat(9)}`, undefined), `${'a'.repeat(498)}…`);
    assert.equal(cleanSentence(`${'a'.repeat(497)}😀${'b'.repeat(9)}`, undefined), `${'a'.repeat(497)}😀…`);
  });
});
