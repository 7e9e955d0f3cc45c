import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  assertFits,
  jsonBytes,
  MAX_VALUE_BYTES,
  PayloadTooLarge,
} from '../../../definitions/model/value-size.ts';

describe('the size of a value', () => {
  it('is the bytes of its JSON as UTF-8, whatever its characters', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        for (const each of [value, text])
          assert.equal(jsonBytes(each), Buffer.byteLength(JSON.stringify(each)));
      }),
    );
  });

  for (const [character, bytes] of [
    ['x', 1],
    ['é', 2],
    ['€', 3],
    ['😀', 4],
  ] as const)
    it(`is refused from the first byte beyond the limit on (${character})`, () => {
      const quotes = 2;
      const count = Math.floor((MAX_VALUE_BYTES - quotes) / bytes);
      const rest = MAX_VALUE_BYTES - quotes - count * bytes;
      const text = character.repeat(count) + 'x'.repeat(rest);
      assertFits('It', JSON.stringify(text));
      assert.throws(() => assertFits('It', JSON.stringify(`${text}x`)), PayloadTooLarge);
    });
});
