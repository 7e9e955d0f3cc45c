import assert from 'node:assert/strict';
import { formatBytes } from '../../../cli/text/bytes-text.ts';

describe('amounts of data as text', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [538_000_000, '538.0 MB'],
    [3e15, '3000.0 TB'],
  ] as const)
    it(`says ${text}`, () => assert.equal(formatBytes(bytes), text));
});
