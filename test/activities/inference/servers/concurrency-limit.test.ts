import assert from 'node:assert/strict';
import { ConcurrencyLimit } from '../../../../activities/inference/servers/concurrency-limit.ts';
import { createRandom } from '../../../../activities/randomness/random.ts';

/** A server in virtual time: so many slots, and answers of about a second each. */
interface SimulatedServer {
  readonly slots: number;
  /** Callers who always have one more request. */
  readonly callers: number;
  readonly answers: number;
  /** Requests running and waiting above which it refuses. */
  readonly queueLimit?: number;
  /** Answers are slower by this share for each one that runs beside them, as in a batch. */
  readonly slowdown?: number;
  /** From second to second it is slower by up to this share, as where other programs run beside it. Default 0. */
  readonly unsteadiness?: number;
  readonly seed?: number;
}

/** Runs it; the throughput is of the second half, in answers per second. */
function simulate({
  slots,
  callers,
  answers,
  queueLimit = Infinity,
  slowdown = 0,
  unsteadiness = 0,
  seed = slots,
}: SimulatedServer) {
  const random = createRandom(seed);
  const speeds: number[] = [];
  const speedAt = (second: number): number => (speeds[second] ??= 1 - unsteadiness * random());
  const limit = new ConcurrencyLimit();
  const running: { work: number; endsAt: number }[] = [];
  const waiting: { work: number; endsAt: number }[] = [];
  let nowMs = 0;
  let refusals = 0;
  let worked = 0;
  let half = { nowMs: 0, worked: 0 };
  const start = (request: { work: number; endsAt: number }): void => {
    const speed = unsteadiness === 0 ? 1 : speedAt(Math.floor(nowMs / 1000));
    request.endsAt = nowMs + (request.work * (1 + slowdown * running.length)) / speed;
    running.push(request);
  };
  const fill = (): void => {
    while (limit.hasPlace && limit.inFlight < callers) {
      limit.begin();
      if (running.length + waiting.length >= queueLimit) {
        refusals += 1;
        limit.refuse(nowMs, nowMs);
        limit.end();
        return;
      }
      const request = { work: 500 + 1000 * random(), endsAt: 0 };
      if (running.length < slots) start(request);
      else waiting.push(request);
    }
  };
  for (let done = 0; done < answers; done += 1) {
    fill();
    const soonest = running.reduce((best, one) => (one.endsAt < best.endsAt ? one : best));
    running.splice(running.indexOf(soonest), 1);
    nowMs = soonest.endsAt;
    worked += soonest.work;
    limit.answer(soonest.work, nowMs);
    const next = waiting.shift();
    if (next !== undefined) start(next);
    if (done === answers / 2) half = { nowMs, worked };
  }
  return { limit: limit.most, throughput: (worked - half.worked) / (nowMs - half.nowMs), refusals };
}

describe('ConcurrencyLimit', () => {
  for (const slots of [2, 20, 33, 64, 100, 250]) {
    it(`finds the knee of a server of ${slots} slots, and stays near it`, () => {
      const { limit, throughput } = simulate({ slots, callers: 1000, answers: 16_000 });
      assert(throughput >= 0.97 * slots, `${throughput} of ${slots}`);
      assert(limit <= Math.max(20, 4.2 * slots), `${limit} for ${slots}`);
    });
  }

  for (const seed of [1, 2, 3]) {
    it(`is not led down by the noise of a server that answers at once, with seed ${seed}`, () => {
      // What a turn of the client's event loop costs is shared by the answers of the turn; now and then it is held up.
      const random = createRandom(seed);
      const limit = new ConcurrencyLimit();
      let nowMs = 0;
      let least = Infinity;
      for (let answer = 0; answer < 300_000; answer += 1) {
        while (limit.hasPlace && limit.inFlight < 64) limit.begin();
        nowMs += 0.04 * (1 + 2 / limit.inFlight) * 2 * random() + (random() < 0.002 ? 3 : 0);
        limit.answer(100, nowMs);
        least = Math.min(least, limit.most);
      }
      assert(least >= 16, `${least}`);
    });
  }

  it('climbs on where each answer gets slower but all together faster, as in a batch', () => {
    // n at once get n / (1 + n / 100) done: 86 with 600 at once, 39 with 64.
    const { limit, throughput } = simulate({ slots: 1024, callers: 1024, answers: 30_000, slowdown: 0.01 });
    assert(limit >= 256, `${limit}`);
    assert(throughput >= 70, `${throughput}`);
  });

  it('does not take a slow second of a server for its knee', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const unsteady = { slots: 128, callers: 300, slowdown: 0.02, unsteadiness: 0.7, seed };
      const { limit } = simulate({ ...unsteady, answers: 6_000 });
      assert(limit > unsteady.slots / 2, `${limit} with seed ${seed}`);
    }
  });

  it('does not count a pause of its callers', () => {
    const limit = new ConcurrencyLimit();
    let nowMs = 0;
    for (let burst = 0; burst < 400; burst += 1) {
      // As many calls as the limit lets through, a hundred more as those are answered, then nothing for a minute.
      for (let call = 0; call < limit.most; call += 1) limit.begin();
      for (let answered = 0; answered < 100; answered += 1) {
        nowMs += 1000 / limit.most;
        limit.answer(10, nowMs);
        limit.begin();
      }
      while (limit.inFlight > 0) limit.answer(10, (nowMs += 1000 / limit.most));
      nowMs += 60_000;
    }
    assert(limit.most >= 64, `${limit.most}`);
  });

  it('settles below what a server refuses', () => {
    const { throughput, refusals } = simulate({ slots: 32, callers: 1000, answers: 10_000, queueLimit: 40 });
    assert(throughput >= 0.95 * 32, `${throughput}`);
    assert(refusals <= 20, `${refusals}`);
  });

  it('does not grow where it is not what holds callers back', () => {
    assert.equal(simulate({ slots: 64, callers: 8, answers: 5_000 }).limit, 16);
  });

  it('is lowered once by the refusals of requests made at the same time, and again by later ones', () => {
    const limit = new ConcurrencyLimit();
    for (let request = 0; request < 10; request += 1) limit.begin();
    assert.equal(limit.refuse(0, 1), true);
    assert.equal(limit.most, 8);
    assert.equal(limit.refuse(0, 2), false);
    assert.equal(limit.most, 8);
    assert.equal(limit.refuse(2, 3), true);
    assert.equal(limit.most, 5);
  });

  for (const tokensPerSecond of [5, 20, 100]) {
    it(`comes back within minutes from one request at once, on a server of ${tokensPerSecond} tokens per second`, () => {
      const limit = new ConcurrencyLimit();
      limit.begin();
      for (let time = 1; time < 20; time += 1) limit.refuse(time, time);
      limit.end();
      assert.equal(limit.most, 1);
      // As many answers of 100 tokens at once as are asked for.
      const latencyMs = 100_000 / tokensPerSecond;
      let nowMs = 20 * 60_000;
      for (const endMs = nowMs + 8 * latencyMs; nowMs < endMs; nowMs += latencyMs) {
        while (limit.hasPlace) limit.begin();
        const { inFlight } = limit;
        for (let answer = 0; answer < inFlight; answer += 1) {
          limit.answer(101, nowMs + latencyMs, { elapsedMs: latencyMs, inFlight });
        }
      }
      assert(limit.most >= 16, `${limit.most}`);
    });
  }

  it('is not doubled to what was refused a moment ago', () => {
    const limit = new ConcurrencyLimit();
    while (limit.hasPlace) limit.begin();
    limit.refuse(0, 1);
    for (let round = 0; round < 20; round += 1) {
      while (limit.hasPlace) limit.begin();
      const { inFlight } = limit;
      for (let answer = 0; answer < inFlight; answer += 1) {
        limit.answer(101, 1000 * (round + 1), { elapsedMs: 1000, inFlight });
      }
      assert(limit.most < 16, `${limit.most}`);
    }
  });

  it('never goes below one', () => {
    const limit = new ConcurrencyLimit();
    limit.begin();
    for (let time = 1; time < 20; time += 1) limit.refuse(time, time);
    assert.equal(limit.most, 1);
  });

  it('starts over on request', () => {
    const limit = new ConcurrencyLimit();
    limit.begin();
    limit.refuse(0, 1);
    limit.restart();
    assert.equal(limit.most, 16);
  });
});
