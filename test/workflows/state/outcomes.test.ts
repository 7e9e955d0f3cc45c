import assert from 'node:assert/strict';
import { Outcomes } from '../../../workflows/state/outcomes.ts';

/** Values may take 100 million characters of JSON together. */
const half = 'x'.repeat(50_000_000 - '""'.length);

describe('Outcomes', () => {
  it('has room for 100 million characters of JSON, and for none above', () => {
    const outcomes = new Outcomes();
    assert.deepEqual(
      [half, half, 1].map((value) => outcomes.hasRoomFor(value)),
      [true, true, false],
    );
  });

  it('counts the values that an earlier execution has left, of which some instances have none', () => {
    const settled = {
      a: { outcome: 'succeeded', value: half, endedAt: 2 },
      b: { outcome: 'skipped', endedAt: 2 },
    } as const;
    const outcomes = new Outcomes({ settled, open: {} });
    assert.deepEqual(
      [half, 1].map((value) => outcomes.hasRoomFor(value)),
      [true, false],
    );
  });
});
