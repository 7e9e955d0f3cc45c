import assert from 'node:assert/strict';
import fc from 'fast-check';
import { neutralise, neutraliseLine } from '../../../activities/text/plain-text.ts';

describe('neutralise', () => {
  it('leaves ordinary text of any script, line feeds and tabs alone', () => {
    const text = 'Zażółć\tгріб\n漢字 مرحبا 👋🏽 naïve — “quoted”';
    assert.equal(neutralise(text), text);
  });

  it('leaves nothing that moves a cursor or turns text round', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(
          neutralise(`${text}\u001B\u202E`),
          /(?![\n\t])[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u,
        );
        assert.equal(neutralise(neutralise(text)), neutralise(text));
      }),
    );
  });

  it('cannot write to the terminal', () => {
    assert.equal(
      neutralise('a\u001B]0;title\u0007b\u009B2Jc\u202Ed\u007F'),
      'a\uFFFD]0;title\uFFFDb\uFFFD2Jc\uFFFDd\uFFFD',
    );
    assert.equal(neutralise('a\r\nb\tc'), 'a\nb\tc');
  });

  it('has no control character left but line feeds and tabs, and none on one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(neutralise(text).replace(/[\n\t]/gu, ''), /\p{Cc}/u);
        assert.doesNotMatch(neutraliseLine(text), /\p{Cc}/u);
      }),
    );
  });
});
