import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson, digest } from '../../../activities/store/digest.ts';
import { StoreError } from '../../../activities/store/store-error.ts';

/** The same value with the keys of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, entry]) => [key, reversed(entry)]),
  );
}

describe('digest', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(digest(reversed(value)), digest(value))));
  });

  it('is of JSON that means the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
        assert.equal(canonicalJson(JSON.parse(text)), text);
      }),
    );
  });

  it('leaves out properties that are undefined', () => {
    assert.equal(digest({ a: 1, b: undefined }), digest({ a: 1 }));
  });

  it('tells the order of lists, types and nesting apart', () => {
    const values = [
      [1, 2],
      [2, 1],
      ['1', '2'],
      [[1], 2],
      { 0: 1, 1: 2 },
      [1, 2, null],
      null,
      '',
      0,
      false,
      {},
      [],
    ];
    assert.equal(new Set(values.map(digest)).size, values.length);
  });

  it('is known for a known value', () => {
    // sha256 of {"a":[1,true],"b":"ü"} by coreutils.
    assert.equal(
      digest({ b: 'ü', a: [1, true] }),
      '1ba33d9fabe91b609226306090679aa40d07c68b73ed849edf16c09fed1e7575',
    );
  });

  it('refuses what JSON cannot hold, and says where', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    for (const value of [
      Number.NaN,
      Infinity,
      1n,
      () => {},
      Symbol('s'),
      new Date(),
      new Map(),
      undefined,
      cycle,
    ]) {
      assert.throws(
        () => digest({ list: [value] }),
        (error) =>
          error instanceof StoreError && error.code === 'NOT_JSON' && error.message.includes('$.list[0]'),
      );
    }
  });
});
