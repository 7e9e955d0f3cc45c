import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Lines } from '../../../definitions/documents/lines.ts';

describe('Lines', () => {
  it('tells line and column from 1, whatever ends a line', () => {
    const lines = new Lines('ab\ncd\r\ne\rf');
    const places = Array.from({ length: 11 }, (_, offset) => {
      const { line, column } = lines.placeOf(offset);
      return `${line}:${column}`;
    });
    assert.deepEqual(places, ['1:1', '1:2', '1:3', '2:1', '2:2', '2:3', '2:4', '3:1', '3:2', '4:1', '4:2']);
  });

  it('finds each character of any text', () => {
    const texts = fc.array(
      fc.string({ maxLength: 5 }).map((text) => text.replaceAll(/[\r\n]/g, '')),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(texts, fc.nat(), (parts, at) => {
        const line = at % parts.length;
        const before = parts.slice(0, line).reduce((sum, part) => sum + part.length + 1, 0);
        const column = (parts[line] ?? '').length;
        assert.deepEqual(new Lines(parts.join('\n')).placeOf(before + column), {
          line: line + 1,
          column: column + 1,
        });
      }),
    );
  });
});
