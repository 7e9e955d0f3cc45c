import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csvRecords } from '../../../activities/imports/csv-records.ts';

async function* inPieces(text: string, cuts: readonly number[]): AsyncGenerator<string> {
  const places = [
    0,
    ...cuts.map((cut) => cut % (text.length + 1)).toSorted((one, other) => one - other),
    text.length,
  ];
  for (const [index, place] of places.slice(1).entries()) yield text.slice(places[index], place);
}

const field = fc.string({ unit: fc.constantFrom('a', 'é', '🙂', ' ', ',', ';', '"', '\n', '\r', '\t') });
const rowsOfAnySize = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 6,
});
const newlines = fc.constantFrom('\n', '\r\n', '\r');
const anyCuts = fc.array(fc.nat(), { maxLength: 5 });

function write(rows: readonly (readonly string[])[], newline: string): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  return rows.map((row) => row.map(quoted).join(',') + newline).join('');
}

describe('csvRecords', () => {
  it('gives back whatever was written by RFC 4180, however the text is cut', () =>
    fc.assert(
      fc.asyncProperty(rowsOfAnySize, newlines, anyCuts, async (rows, newline, cuts) => {
        const found: string[][] = [];
        for await (const { fields } of csvRecords(inPieces(write(rows, newline), cuts), ',', 'f')) {
          assert.ok(fields.every(({ isQuoted }) => isQuoted));
          found.push(fields.map(({ text }) => text));
        }
        assert.deepEqual(found, rows);
      }),
    ));

  it('names the line on which a record begins, whatever breaks stand inside those before it', () =>
    fc.assert(
      fc.asyncProperty(fc.array(field), newlines, anyCuts, async (texts, newline, cuts) => {
        const rows = texts.map((text) => [text]);
        const lines: number[] = [];
        for await (const { line } of csvRecords(inPieces(write(rows, newline), cuts), ',', 'f'))
          lines.push(line);
        const breaks = texts.map((text) => text.split(/\r\n|\n|\r/).length);
        assert.deepEqual(
          lines,
          breaks.map((_count, index) => breaks.slice(0, index).reduce((sum, count) => sum + count, 1)),
        );
      }),
    ));
});
