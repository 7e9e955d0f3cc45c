import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PendingLines } from '../../../../activities/inference/answers/pending-lines.ts';

describe('PendingLines', () => {
  it('holds the lines as bytes, with the key and the beginning of each', () => {
    const lines = new PendingLines();
    lines.add('a', 'é');
    lines.add('bc', '');
    assert.equal(lines.bytes.toString(), 'a\té\nbc\t\n');
    assert.deepEqual([lines.keys, lines.starts, lines.sizeBytes], [['a', 'bc'], [0, 5], 9]);
  });

  it('loses nothing, however large a line is', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 20_000, max: 70_000 }).map((length) => '漢'.repeat(length)),
    );
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 6 }), (values) => {
        const lines = new PendingLines();
        for (const [index, value] of values.entries()) lines.add(`key ${index}`, value);
        const expected = values.map((value, index) => Buffer.from(`key ${index}\t${value}\n`));
        assert.ok(lines.bytes.equals(Buffer.concat(expected)));
        assert.deepEqual(
          lines.starts,
          expected.map((_, index) => expected.slice(0, index).reduce((sum, { length }) => sum + length, 0)),
        );
      }),
      { numRuns: 50 },
    );
  });
});
