import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Pace } from '../../../../activities/inference/servers/pace.ts';

/** Answers of `work` each, by a server that gives `slots` at once and takes `aloneMs` for each of them. */
function answer(
  pace: Pace,
  {
    slots,
    aloneMs,
    inFlight,
    work = 50,
    times = 1,
  }: Record<'slots' | 'aloneMs' | 'inFlight', number> & {
    readonly work?: number;
    readonly times?: number;
  },
): void {
  for (let time = 0; time < times; time += 1)
    pace.answer(aloneMs * Math.max(1, inFlight / slots), inFlight, work);
}

describe('the pace of a server', () => {
  it('is not known before the first answer', () => {
    const pace = new Pace();
    assert.equal(pace.isKnown, false);
    assert.ok(pace.hasRoom(1000));
    pace.answer(100, 1, 10);
    assert.equal(pace.isKnown, true);
    pace.restart();
    assert.equal(pace.isKnown, false);
  });

  it('tells when a request behind others is answered, and from when on there is a line, whatever is under way', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 200 }), (slots, inFlight) => {
        const pace = new Pace();
        answer(pace, { slots, aloneMs: 500, inFlight: 1 });
        answer(pace, { slots, aloneMs: 500, inFlight, times: 200 });
        assert.ok(Math.abs(pace.expectedMs(inFlight) / (500 * Math.max(1, inFlight / slots)) - 1) < 0.01);
        assert.ok(pace.hasRoom(Math.min(inFlight, slots)));
        if (inFlight > 1.3 * slots) assert.ok(!pace.hasRoom(inFlight));
      }),
    ));

  it('does not take the line that it lets grow for the time of the server', () => {
    const pace = new Pace();
    let inFlight = 1;
    for (let answers = 0; answers < 5_000; answers += 1) {
      answer(pace, { slots: 4, aloneMs: 500, inFlight });
      inFlight = pace.hasRoom(inFlight) ? inFlight + 1 : inFlight - 1;
      assert.ok(inFlight <= 6, `${inFlight} after ${answers} answers`);
    }
  });

  it('finds what a server does at once though it begins with one request', () => {
    const pace = new Pace();
    let inFlight = 1;
    for (let answers = 0; answers < 300; answers += 1) {
      answer(pace, { slots: 64, aloneMs: 500, inFlight });
      if (pace.hasRoom(inFlight)) inFlight += 1;
    }
    assert.ok(inFlight >= 64, `${inFlight}`);
  });

  it('follows a server that has become slower, once that has little under way', () => {
    const pace = new Pace();
    answer(pace, { slots: 8, aloneMs: 500, inFlight: 8, times: 50 });
    answer(pace, { slots: 8, aloneMs: 1500, inFlight: 1, times: 50 });
    assert.ok(Math.abs(pace.expectedMs(1) / 1500 - 1) < 0.05);
  });

  it('takes a long answer for a long one, not for a slow server', () => {
    const [short, long] = [new Pace(), new Pace()];
    short.answer(100, 1, 10);
    long.answer(1000, 1, 100);
    assert.equal(long.expectedMs(1), 10 * short.expectedMs(1));
    assert.equal(long.hasRoom(2), short.hasRoom(2));
  });
});
