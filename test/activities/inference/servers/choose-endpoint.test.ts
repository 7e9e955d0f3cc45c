import assert from 'node:assert/strict';
import { chooseEndpoint, prefixOf } from '../../../../activities/inference/servers/choose-endpoint.ts';
import { recordOutcome, recordRefusal } from '../../../../activities/inference/servers/endpoint-health.ts';
import {
  createEndpoints,
  type Endpoint,
  type Endpoints,
} from '../../../../activities/inference/servers/endpoints.ts';

describe('chooseEndpoint', () => {
  const LEFT = 'embedded';
  const RIGHT = 'http://127.0.0.1:2/v1/';
  let endpoints: Endpoints;
  let left: Endpoint;
  let right: Endpoint;

  const open = (name: string): Endpoint => {
    const [endpoint] = endpoints.resolve([name]);
    assert(endpoint);
    return endpoint;
  };
  beforeEach(() => {
    endpoints = createEndpoints('http://127.0.0.1:1/v1');
    left = open(LEFT);
    right = open(RIGHT);
  });
  afterEach(() => endpoints.close());

  const choose = (nowMs: number, failed?: Endpoint, prefix?: number): Endpoint | undefined =>
    chooseEndpoint([left, right], { failed, prefix }, nowMs);
  const failTimes = (times: number, nowMs: number): boolean[] =>
    Array.from({ length: times }, () => recordOutcome(left, 'failed', nowMs));
  const begin = (endpoint: Endpoint, times: number): void => {
    for (let time = 0; time < times; time += 1) endpoint.limit.begin();
  };

  it('keeps one endpoint for a name, and shows it without a trailing slash', () => {
    assert.equal(endpoints.resolve([LEFT])[0], left);
    assert.equal(endpoints.resolve([LEFT, RIGHT]), endpoints.resolve([LEFT, RIGHT]));
    assert.deepEqual([left.name, left.route.path], ['embedded', '/v1/chat/completions']);
    assert.equal(right.name, 'http://127.0.0.1:2/v1');
  });

  it('prefers the one with the smaller share of its limit in use, and another one than that which failed', () => {
    begin(left, 3);
    begin(right, 2);
    assert.equal(choose(0), right);
    assert.equal(choose(0, right), left);
    assert.equal(chooseEndpoint([left], { failed: left, prefix: undefined }, 0), left);
    // A refusal halves the limit: 3 of 8 is a larger share than 4 of 16.
    recordRefusal(right, undefined, 0, 0, () => 0);
    assert.equal(choose(0), left);
  });

  it('has nothing to offer while all have what they may', () => {
    begin(left, left.limit.most);
    begin(right, right.limit.most);
    assert.equal(choose(0), undefined);
    right.limit.end();
    assert.equal(choose(0), right);
  });

  it('lets a call wait for a fast server rather than stand in line at a slow one, which is kept busy all the same', () => {
    // Of four slots each, filled: an answer of 100 tokens takes 1 s at the left one, 3 s at the right one.
    for (let answers = 0; answers < 100; answers += 1) {
      left.pace.answer(1000, 4, 100);
      right.pace.answer(3000, 4, 100);
    }
    begin(left, left.limit.most);
    // 17 × 0.25 s at the left one, or half as much again as 3 s at the right one: up to 6 × 0.75 s are worth it.
    begin(right, 4);
    assert.equal(choose(0), right);
    begin(right, 2);
    assert.equal(choose(0), undefined);
    left.limit.end();
    assert.equal(choose(0), left);
    // Where the left one is given no more than it can do at once, the right one still gets more than that.
    for (let refusals = 1; left.limit.most > 4; refusals += 1) left.limit.refuse(refusals, refusals);
    for (let ended = 0; ended < 2; ended += 1) right.limit.end();
    begin(left, Math.max(0, left.limit.most - left.limit.inFlight));
    assert.equal(choose(0), right);
  });

  it('gives a prefix its own server until that is fuller than the other by a quarter of its limit', () => {
    const prefix = prefixOf([{ role: 'system', content: 'You judge answers.' }]);
    const own = choose(0, undefined, prefix);
    assert(own);
    const other = own === left ? right : left;
    begin(own, 4);
    assert.equal(choose(0, undefined, prefix), own);
    begin(own, 1);
    assert.equal(choose(0, undefined, prefix), other);
  });

  it('ejects after three failures in a row, not after three with a success between', () => {
    assert.deepEqual(failTimes(2, 0), [false, false]);
    recordOutcome(left, 'answered', 0);
    assert.deepEqual(failTimes(3, 0), [false, false, true]);
    begin(right, 8);
    assert.equal(choose(1), right);
  });

  it('re-admits by one trial at a time, after a while that doubles', () => {
    failTimes(3, 0);
    begin(right, 8);
    assert.equal(choose(999), right);
    assert.equal(choose(1_000), left);
    left.limit.begin();
    assert.equal(choose(1_000), right);
    left.limit.end();
    assert.deepEqual(failTimes(1, 1_000), [true]);
    assert.equal(choose(2_999), right);
    assert.equal(choose(3_000), left);
    recordOutcome(left, 'answered', 3_000);
    begin(left, 5);
    assert.equal(choose(3_001), left);
  });

  it('takes failures of requests that were under way for no news', () => {
    failTimes(3, 0);
    assert.deepEqual(
      failTimes(20, 500),
      Array.from({ length: 20 }, () => false),
    );
    assert.equal(choose(1_000), left);
  });

  it('asks an ejected one rather than none', () => {
    failTimes(3, 0);
    assert.equal(chooseEndpoint([left], { failed: undefined, prefix: undefined }, 1), left);
  });

  it('leaves a server alone for as long as it asks, up to a minute', () => {
    begin(left, 1);
    recordRefusal(left, 3_000, 0, 0, () => 0);
    left.limit.end();
    begin(right, 8);
    assert.equal(choose(2_999), right);
    assert.equal(choose(3_000), left);
    begin(left, 1);
    recordRefusal(left, 3_600_000, 4_000, 4_000, () => 0);
    left.limit.end();
    assert.equal(choose(63_999), right);
    assert.equal(choose(64_000), left);
  });

  it('pauses a server that only refuses for longer and longer, without its asking', () => {
    const pauses: number[] = [];
    let nowMs = 0;
    for (let round = 0; round < 12; round += 1) {
      left.limit.begin();
      recordRefusal(left, undefined, nowMs, nowMs, () => 1);
      left.limit.end();
      pauses.push(left.pausedUntilMs - nowMs);
      nowMs = Math.max(nowMs, left.pausedUntilMs) + 1;
    }
    assert.deepEqual(
      pauses,
      [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000, 20_000],
    );
  });
});

describe('prefixOf', () => {
  const messages = (system: string, user: string) =>
    [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ] as const;

  it('is the same for calls with one system text and one beginning, and for no others', () => {
    const beginning = 'x'.repeat(512);
    const prefix = prefixOf(messages('judge', `${beginning}a`));
    assert.equal(prefixOf(messages('judge', `${beginning}b`)), prefix);
    assert.notEqual(prefixOf(messages('write', `${beginning}a`)), prefix);
    assert.notEqual(prefixOf(messages('judge', `y${beginning}`)), prefix);
  });
});
