import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Pace } from '../../../activities/inference/pace.ts';

describe('the pace of a server', () => {
  it('is not known before the first answer', () => {
    const pace = new Pace();
    assert.equal(pace.expectedMs(1), undefined);
    pace.answer(100, 1, 10);
    pace.restart();
    assert.equal(pace.expectedMs(1), undefined);
  });

  it('tells when a request behind others is answered, and from when on there is a line, whatever is under way', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 60 }), (slots, inFlight) => {
        const pace = new Pace();
        const work = 50;
        const aloneMs = 500;
        pace.answer(aloneMs, 1, work);
        const answeredMs = aloneMs * Math.max(1, inFlight / slots);
        for (let answers = 0; answers < 200; answers += 1) pace.answer(answeredMs, inFlight, work);
        assert.ok(Math.abs((pace.expectedMs(inFlight) ?? 0) / answeredMs - 1) < 0.01);
        if (inFlight <= slots) assert.ok(answeredMs < pace.busyMs);
      }),
    ));

  it('takes a long answer for a long one, not for a slow server', () => {
    const [short, long] = [new Pace(), new Pace()];
    short.answer(100, 1, 10);
    long.answer(1000, 1, 100);
    assert.equal(long.busyMs, 10 * short.busyMs);
  });
});
