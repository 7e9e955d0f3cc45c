import assert from 'node:assert/strict';
import {
  chooseEndpoint,
  createEndpoints,
  recordOutcome,
  type Endpoint,
} from '../../../activities/inference/endpoints.ts';

describe('chooseEndpoint', () => {
  const endpoints = createEndpoints('http://127.0.0.1:1/v1');
  const open = (name: string): Endpoint => {
    const [endpoint] = endpoints.resolve([name]);
    assert(endpoint);
    return endpoint;
  };
  const left = open('embedded');
  const right = open('http://127.0.0.1:2/v1/');

  beforeEach(() => {
    for (const endpoint of [left, right])
      Object.assign(endpoint, { inFlight: 0, failuresInARow: 0, ejectedUntilMs: 0 });
  });
  after(() => endpoints.close());

  const choose = (nowMs: number, failed?: Endpoint): Endpoint => chooseEndpoint([left, right], failed, nowMs);
  const failTimes = (times: number, nowMs: number): boolean[] =>
    Array.from({ length: times }, () => recordOutcome(left, 'unreachable', nowMs));

  it('keeps one endpoint for a name, and shows it without a trailing slash', () => {
    assert.equal(endpoints.resolve(['embedded'])[0], left);
    assert.deepEqual([left.name, left.path], ['embedded', '/v1/chat/completions']);
    assert.equal(right.name, 'http://127.0.0.1:2/v1');
  });

  it('prefers the one with fewer requests in flight, and another one than that which failed', () => {
    left.inFlight = 2;
    right.inFlight = 1;
    assert.equal(choose(0), right);
    assert.equal(choose(0, right), left);
    assert.equal(chooseEndpoint([left], left, 0), left);
  });

  it('ejects after three failures in a row, not after three with a success between', () => {
    assert.deepEqual(failTimes(2, 0), [false, false]);
    recordOutcome(left, 'reached', 0);
    assert.deepEqual(failTimes(3, 0), [false, false, true]);
    right.inFlight = 50;
    assert.equal(choose(1), right);
  });

  it('re-admits by one trial at a time after a while', () => {
    failTimes(3, 0);
    right.inFlight = 50;
    assert.equal(choose(9_999), right);
    assert.equal(choose(10_000), left);
    left.inFlight = 1;
    assert.equal(choose(10_000), right);
    left.inFlight = 0;
    assert.deepEqual(failTimes(1, 10_000), [true]);
    assert.equal(choose(10_001), right);
    recordOutcome(left, 'reached', 20_000);
    left.inFlight = 5;
    assert.equal(choose(20_001), left);
  });

  it('asks an ejected one rather than none', () => {
    failTimes(3, 0);
    assert.equal(chooseEndpoint([left], undefined, 1), left);
  });
});
