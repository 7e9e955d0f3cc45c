import assert from 'node:assert/strict';
import { fnv1a32, fnv1a64, spread } from '../../../definitions/model/fnv.ts';

describe('hashes of texts', () => {
  it("are FNV's published ones", () => {
    assert.deepEqual(
      ['', 'a', 'foobar'].map((text) => fnv1a32(text) >>> 0),
      [0x811c9dc5, 0xe40c292c, 0xbf9cf968],
    );
    assert.deepEqual(['', 'a', 'foobar'].map(fnv1a64), [
      'cbf29ce484222325',
      'af63dc4c8601ec8c',
      '85944171f73967e8',
    ]);
  });

  it('go on from another hash as from the text before it', () => {
    assert.equal(fnv1a32('bar', fnv1a32('foo')), fnv1a32('foobar'));
  });

  it('have sixteen hex digits, also where the first is 0', () => {
    const hashes = Array.from({ length: 100 }, (_, index) => fnv1a64(String(index)));
    assert.ok(hashes.some((hash) => hash.startsWith('0')));
    assert.ok(hashes.every((hash) => /^[0-9a-f]{16}$/.test(hash)));
  });

  it("are spread as by MurmurHash3's end", () => {
    assert.deepEqual([0, 1, 2, -1].map(spread), [0, 0x514e28b7, 0x30f4c306, 0x81f16f39]);
  });
});
