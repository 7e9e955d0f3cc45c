import assert from 'node:assert/strict';
import { chooseEndpoint } from '../../../activities/inference/servers/choose-endpoint.ts';
import { createEndpoints, type Endpoint } from '../../../activities/inference/servers/endpoints.ts';
import { createRandom } from '../../../activities/randomness/random.ts';

/** A server in virtual time: so many answers at once, each at its own speed. */
interface Speed {
  readonly slots: number;
  readonly tokensPerMs: number;
}

interface Call {
  readonly tokens: number;
  readonly madeAtMs: number;
  readonly inFlight: number;
  endsAtMs: number;
}

interface Stage {
  readonly servers: readonly Speed[];
  readonly calls: number;
  /** Tokens of an answer, given a number in [0, 1). */
  readonly tokensOf: (random: number) => number;
  /** Calls that want a place at once; the next one comes when one has its answer. */
  readonly callers?: number;
}

interface Outcome {
  /** Time that the stage took, as a multiple of work ÷ capacity. */
  readonly makespan: number;
  /** Greatest number of requests that each server was given at once in the second half, as a multiple of its slots. */
  readonly mostGiven: readonly number[];
}

/** Answers all calls of a stage. */
async function run({ servers, calls, tokensOf, callers = Infinity }: Stage): Promise<Outcome> {
  const names = servers.map((_, index) => `http://127.0.0.1:${index + 1}/v1`);
  const opened = createEndpoints(undefined);
  const endpoints = opened.resolve(names);
  const queues = new Map(
    endpoints.map((endpoint) => [endpoint, { running: [] as Call[], waiting: [] as Call[] }]),
  );
  const speedOf = (endpoint: Endpoint): Speed => servers[endpoints.indexOf(endpoint)] ?? assert.fail();
  const random = createRandom(1);
  const mostGiven = new Map<Endpoint, number>();
  let nowMs = 0;
  let made = 0;
  let answered = 0;
  let work = 0;
  const start = (endpoint: Endpoint): void => {
    const { running, waiting } = queues.get(endpoint) ?? assert.fail();
    const { slots, tokensPerMs } = speedOf(endpoint);
    while (running.length < slots) {
      const next = waiting.shift();
      if (next === undefined) return;
      next.endsAtMs = nowMs + next.tokens / tokensPerMs;
      running.push(next);
    }
  };
  while (answered < calls) {
    while (made < calls && made - answered < callers) {
      const place = chooseEndpoint(endpoints, { failed: undefined, prefix: undefined }, nowMs);
      if (place === undefined) break;
      place.limit.begin();
      made += 1;
      const tokens = tokensOf(random());
      work += tokens;
      queues
        .get(place)
        ?.waiting.push({ tokens, madeAtMs: nowMs, inFlight: place.limit.inFlight, endsAtMs: 0 });
      if (2 * made > calls) {
        mostGiven.set(
          place,
          Math.max(mostGiven.get(place) ?? 0, place.limit.inFlight / speedOf(place).slots),
        );
      }
      start(place);
    }
    const [soonest] = [...queues]
      .flatMap(([endpoint, { running }]) => running.map((call) => ({ endpoint, call })))
      .toSorted((one, other) => one.call.endsAtMs - other.call.endsAtMs);
    const { endpoint, call } = soonest ?? assert.fail();
    const { running } = queues.get(endpoint) ?? assert.fail();
    running.splice(running.indexOf(call), 1);
    nowMs = call.endsAtMs;
    answered += 1;
    endpoint.pace.answer(nowMs - call.madeAtMs, call.inFlight, call.tokens);
    endpoint.limit.answer(call.tokens, nowMs);
    start(endpoint);
  }
  await opened.close();
  const capacity = servers.reduce((sum, { slots, tokensPerMs }) => sum + slots * tokensPerMs, 0);
  return {
    makespan: nowMs / (work / capacity),
    mostGiven: endpoints.map((endpoint) => mostGiven.get(endpoint) ?? 0),
  };
}

/** Servers of so many slots each, the last of which is three times slower than the others. */
function oneSlower(...slots: readonly number[]): readonly Speed[] {
  return slots.map((count, index) => ({
    slots: count,
    tokensPerMs: index === slots.length - 1 ? 0.086 : 0.258,
  }));
}

const evenly = (random: number): number => 20 + 260 * random;

describe('a stage on unequal servers', () => {
  const cases = [
    { name: 'small ones', servers: oneSlower(4, 4, 4), most: 1.03 },
    { name: 'middling ones', servers: oneSlower(16, 16, 16), most: 1.04 },
    { name: 'large ones', servers: oneSlower(64, 64, 64), most: 1.08 },
    { name: 'ones of different size', servers: oneSlower(4, 16, 64), most: 1.07 },
    { name: 'two small ones and a large one', servers: oneSlower(8, 8, 64), most: 1.06 },
  ];
  for (const { name, servers, most } of cases) {
    it(`takes hardly longer than their work: ${name}`, async () => {
      const calls = 120 * servers.reduce((sum, { slots }) => sum + slots, 0);
      for (const tokensOf of [evenly, () => 150]) {
        const { makespan } = await run({ servers, calls, tokensOf });
        assert.ok(makespan <= most, `${makespan}`);
      }
    });
  }

  it('gives the slow one its share though the fast ones would answer first, if more is asked than they do at once', async () => {
    const stage = { servers: oneSlower(64, 64, 64), calls: 23_000, callers: 200, tokensOf: evenly };
    const { makespan, mostGiven } = await run(stage);
    assert.ok((mostGiven[2] ?? 0) >= 0.5, `${mostGiven[2]} of its slots`);
    assert.ok(makespan <= 1.13, `${makespan}`);
  });

  it('asks only the fast ones while they can do all', async () => {
    const { mostGiven } = await run({
      servers: oneSlower(8, 8, 8),
      calls: 2_000,
      callers: 8,
      tokensOf: evenly,
    });
    assert.ok((mostGiven[2] ?? 0) <= 1 / 8, `${mostGiven[2]} of its slots`);
  });
});
