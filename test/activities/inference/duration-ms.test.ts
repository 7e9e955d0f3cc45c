import assert from 'node:assert/strict';
import { durationMs } from '../../../activities/inference/duration-ms.ts';

describe('durationMs', () => {
  it('reads every unit', () => {
    assert.deepEqual(
      ['500ms', '30s', '5m', '12h', '7d', '1.5s'].map(durationMs),
      [500, 30_000, 300_000, 43_200_000, 604_800_000, 1500],
    );
  });

  it('refuses what is no duration', () => {
    for (const text of ['', '5', 's', '-1s', '5 s', '5w', '1s2'])
      assert.throws(() => durationMs(text), RangeError);
  });
});
