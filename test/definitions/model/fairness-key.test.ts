import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isFairnessKey } from '../../../definitions/model/fairness-key.ts';

describe('isFairnessKey', () => {
  it('takes 1 to 64 bytes of UTF-8', () => {
    assert.deepEqual(
      [0, 1, 64, 65].map((length) => isFairnessKey('a'.repeat(length))),
      [false, true, true, false],
    );
    const chars: readonly (readonly [string, number])[] = [
      ['\u007f', 1],
      ['\u0080', 2],
      ['\u07ff', 2],
      ['\u0800', 3],
      ['\uffff', 3],
      ['\u{10000}', 4],
    ];
    for (const [char, bytes] of chars) {
      const before = 'a'.repeat(64 - bytes);
      assert.ok(isFairnessKey(before + char), `${bytes} bytes fit`);
      assert.equal(isFairnessKey(`a${before}${char}`), false, `${bytes} bytes do not`);
    }
  });

  it('counts as Node does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const bytes = Buffer.byteLength(text);
        assert.equal(isFairnessKey(text), bytes > 0 && bytes <= 64);
      }),
    );
  });
});
