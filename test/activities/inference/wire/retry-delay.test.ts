import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRetryAfter, retryDelayMs } from '../../../../activities/inference/wire/retry-delay.ts';

describe('retryDelayMs', () => {
  it('lies between 0 and a bound that doubles up to 20 s', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const delay = retryDelayMs(attempt, () => random);
          assert(delay >= 0 && delay <= Math.min(20_000, 500 * 2 ** (attempt - 1)));
        },
      ),
    );
    assert.equal(
      retryDelayMs(3, () => 0.5),
      1000,
    );
  });
});

describe('parseRetryAfter', () => {
  const now = Date.UTC(2026, 0, 1);

  it('reads seconds and dates', () => {
    assert.equal(parseRetryAfter('7', now), 7000);
    assert.equal(parseRetryAfter('0', now), 0);
    assert.equal(parseRetryAfter(new Date(now + 5000).toUTCString(), now), 5000);
    assert.equal(parseRetryAfter(new Date(now - 5000).toUTCString(), now), 0);
  });

  it('takes anything else for nothing', () => {
    for (const header of [undefined, '', 'soon', '-1s'])
      assert.equal(parseRetryAfter(header, now), undefined);
  });
});
